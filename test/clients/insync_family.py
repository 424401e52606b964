"""The steps for ib_async and ib_insync, which share one interface."""

from datetime import datetime, timezone
from types import ModuleType

from steps import ACCOUNT, CLIENT_ID, address, run_step, wait_until


class Steps:
    def __init__(self, library: ModuleType) -> None:
        self.library = library
        self.ib = library.IB()
        self.contract = library.Future("ES", "201312", "CME")
        self.trade = None
        self.resting = None
        self.bid = 0.0

    def wait(self, condition, what: str) -> None:
        wait_until(condition, what, self.ib.sleep)

    def connect(self) -> str:
        host, port = address()
        self.ib.connect(host, port, clientId=CLIENT_ID, timeout=10)
        assert self.ib.managedAccounts() == [ACCOUNT], self.ib.managedAccounts()
        now = self.ib.reqCurrentTime()
        assert now.year == 2013, now
        return f"server version {self.ib.client.serverVersion()}, {now:%Y-%m-%d %H:%M:%S}Z"

    def find_contract(self) -> str:
        (details,) = self.ib.reqContractDetails(self.contract)
        assert details.minTick == 0.25 and details.contract.localSymbol == "ESZ3", details
        assert details.contract.lastTradeDateOrContractMonth.startswith("201312"), details
        assert self.ib.qualifyContracts(self.contract) and self.contract.conId == details.contract.conId
        assert details.longName and details.tradingHours and details.timeZoneId
        return f"{self.contract.localSymbol} conId {self.contract.conId}"

    def bars(self) -> str:
        bars = self.ib.reqHistoricalData(self.contract, "", "3600 S", "1 min", "TRADES", False, formatDate=2)
        assert len(bars) >= 50, len(bars)
        times = [bar.date for bar in bars]
        assert times == sorted(times) and all(bar.low <= bar.close <= bar.high for bar in bars)
        now = self.ib.reqCurrentTime()
        assert times[-1] <= now.replace(tzinfo=timezone.utc), (times[-1], now)
        daily = self.ib.reqHistoricalData(self.contract, "", "3 D", "5 mins", "TRADES", True)
        assert daily and isinstance(daily[0].date, datetime), daily[:1]
        return f"{len(bars)} minutes to {times[-1]:%H:%M}Z, {len(daily)} five-minute bars"

    def live_bars(self) -> str:
        bars = self.ib.reqRealTimeBars(self.contract, 5, "TRADES", False)
        self.wait(lambda: len(bars) >= 3, "three 5-second bars")
        self.ib.cancelRealTimeBars(bars)
        gaps = {(late.time - early.time).total_seconds() for early, late in zip(bars, bars[1:])}
        assert min(gaps) >= 5, gaps
        return f"{len(bars)} bars, close {bars[-1].close}"

    def ticks(self) -> str:
        ticker = self.ib.reqMktData(self.contract, "", False, False)
        self.wait(lambda: ticker.bid > 0 and ticker.ask > ticker.bid and ticker.volume > 0, "bid, ask and volume")
        self.bid = ticker.bid
        return f"{ticker.bid} x {ticker.ask}, volume {ticker.volume:.0f}"

    def place(self) -> str:
        order = self.library.LimitOrder("BUY", 2, self.bid - 25, orderRef="modified", tif="DAY", account=ACCOUNT)
        self.trade = self.ib.placeOrder(self.contract, order)
        self.wait(lambda: self.trade.orderStatus.status == "Submitted", "Submitted")
        assert self.trade.order.permId > 0
        return f"order {order.orderId}, permId {order.permId}"

    def modify(self) -> str:
        order = self.trade.order
        order.lmtPrice = self.bid - 30
        order.totalQuantity = 3
        self.ib.placeOrder(self.contract, order)
        watcher = self.library.IB()
        host, port = address()
        watcher.connect(host, port, clientId=CLIENT_ID + 1, timeout=10)

        def as_the_gateway_has_it():
            return [t.order for t in watcher.reqAllOpenOrders() if t.order.orderRef == "modified"]

        try:
            self.wait(lambda: [(o.lmtPrice, o.totalQuantity) for o in as_the_gateway_has_it()] == [(self.bid - 30, 3)], "the new price")
        finally:
            watcher.disconnect()
        assert self.trade.isActive(), self.trade.orderStatus
        return f"{order.totalQuantity} at {order.lmtPrice}"

    def cancel(self) -> str:
        self.ib.cancelOrder(self.trade.order)
        self.wait(lambda: self.trade.orderStatus.status == "Cancelled", "Cancelled")
        return self.trade.log[-1].message[:60]

    def fill(self) -> str:
        order = self.library.MarketOrder("BUY", 1, orderRef="filled", account=ACCOUNT)
        self.trade = self.ib.placeOrder(self.contract, order)
        self.wait(lambda: self.trade.orderStatus.status == "Filled" and len(self.trade.fills) == 1, "the fill")
        execution = self.trade.fills[0].execution
        assert execution.shares == 1 and execution.side == "BOT" and execution.orderRef == "filled", execution
        assert execution.time.year == 2013, execution
        return f"{execution.shares} at {execution.price}, {execution.time:%H:%M:%S}Z"

    def commission(self) -> str:
        report = lambda: self.trade.fills[0].commissionReport  # noqa: E731
        self.wait(lambda: report().execId == self.trade.fills[0].execution.execId, "the commission report")
        assert report().commission > 0 and report().currency == "USD", report()
        return f"{report().commission} {report().currency}"

    def position(self) -> str:
        self.wait(lambda: [p.position for p in self.ib.positions() if p.contract.symbol == "ES"] == [1], "a position of 1")
        self.wait(lambda: [p.position for p in self.ib.portfolio() if p.contract.symbol == "ES"] == [1], "the portfolio")
        return f"average cost {self.ib.positions()[0].avgCost}"

    def account(self) -> str:
        values = {v.tag: v.value for v in self.ib.accountSummary()}
        assert float(values["NetLiquidation"]) > 90_000, values
        pnl = self.ib.reqPnL(ACCOUNT)
        self.wait(lambda: pnl.dailyPnL == pnl.dailyPnL, "P&L")  # NaN until the first message
        return f"net liquidation {values['NetLiquidation']}, daily P&L {pnl.dailyPnL:.2f}"

    def same_id(self) -> str:
        codes = []
        second = self.library.IB()
        second.errorEvent += lambda reqId, code, *rest: codes.append(code)
        host, port = address()
        try:
            second.connect(host, port, clientId=CLIENT_ID, timeout=5)
        except (ConnectionError, TimeoutError, OSError):
            pass
        else:
            raise AssertionError("the second client was let in")
        assert 326 in codes, codes
        assert self.ib.reqCurrentTime().year == 2013
        return "refused, the first lives"

    def reconnect(self) -> str:
        order = self.library.StopOrder("SELL", 1, self.bid - 40, orderRef="resting", tif="GTC", account=ACCOUNT)
        self.resting = self.ib.placeOrder(self.contract, order)
        self.wait(lambda: self.resting.orderStatus.status in ("Submitted", "PreSubmitted"), "the stop")
        self.ib.disconnect()
        self.ib = self.library.IB()
        host, port = address()
        self.ib.connect(host, port, clientId=CLIENT_ID, timeout=10)
        return "same client id"

    def orders_found(self) -> str:
        (found,) = [t for t in self.ib.openTrades() if t.order.orderRef == "resting"]
        sent = self.resting.order
        assert (found.order.orderId, found.order.permId) == (sent.orderId, sent.permId), found.order
        assert found.order.auxPrice == sent.auxPrice and found.order.orderType == "STP", found.order
        completed = {t.order.orderRef: t for t in self.ib.reqCompletedOrders(True)}
        assert completed["modified"].orderStatus.status == "Cancelled", completed
        assert completed["filled"].orderStatus.status == "Filled", completed
        self.ib.cancelOrder(found.order)
        self.wait(lambda: found.orderStatus.status == "Cancelled", "Cancelled")
        return f"1 open, {len(completed)} completed"

    def fills_found(self) -> str:
        fills = [fill for fill in self.ib.fills() if fill.execution.orderRef == "filled"]
        assert len(fills) == 1 and fills[0].execution.execId == self.trade.fills[0].execution.execId, fills
        self.wait(lambda: fills[0].commissionReport.commission > 0, "the commission again")
        exit_trade = self.ib.placeOrder(self.contract, self.library.MarketOrder("SELL", 1, orderRef="exit"))
        self.wait(lambda: exit_trade.orderStatus.status == "Filled", "the exit")
        self.wait(lambda: exit_trade.fills[0].commissionReport.execId != "", "its commission")
        realized = exit_trade.fills[0].commissionReport.realizedPNL
        assert abs(realized) < 10_000, realized
        return f"1 fill; exit realized {realized:.2f}"


def main(library: ModuleType) -> None:
    steps = Steps(library)
    run_step("connect", steps.connect)
    run_step("contract", steps.find_contract)
    run_step("bars", steps.bars)
    run_step("live bars", steps.live_bars)
    run_step("ticks", steps.ticks)
    run_step("place", steps.place)
    run_step("modify", steps.modify)
    run_step("cancel", steps.cancel)
    run_step("fill", steps.fill)
    run_step("commission", steps.commission)
    run_step("position", steps.position)
    run_step("account", steps.account)
    run_step("same id: 326", steps.same_id)
    run_step("reconnect", steps.reconnect)
    run_step("orders found", steps.orders_found)
    run_step("fills found", steps.fills_found)
    steps.ib.disconnect()
