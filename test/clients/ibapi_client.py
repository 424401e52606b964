"""IB's own ibapi (9.81.1 from PyPI) against the gateway: callbacks on a reader thread, a list of everything heard."""

import threading
from collections import defaultdict

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.wrapper import EWrapper

from steps import ACCOUNT, CLIENT_ID, address, run_step, wait_until


class Client(EWrapper, EClient):
    """Keeps the arguments of every callback, by its name."""

    RECORDED = (
        "managedAccounts nextValidId currentTime contractDetails contractDetailsEnd historicalData historicalDataEnd realtimeBar "
        "tickPrice tickSize openOrder openOrderEnd orderStatus execDetails execDetailsEnd commissionReport position positionEnd "
        "accountSummary accountSummaryEnd pnl error completedOrder completedOrdersEnd"
    ).split()

    def __init__(self) -> None:
        EClient.__init__(self, self)
        self.heard = defaultdict(list)
        for name in self.RECORDED:
            setattr(self, name, self.recorder(name))

    def recorder(self, name: str):
        return lambda *arguments: self.heard[name].append(arguments)

    def open(self, client_id: int) -> None:
        host, port = address()
        self.connect(host, port, client_id)
        threading.Thread(target=self.run, daemon=True).start()

    def wait(self, name: str, condition=lambda arguments: True):
        """The first call of a callback that fits."""
        fitting = lambda: [arguments for arguments in list(self.heard[name]) if condition(arguments)]  # noqa: E731
        wait_until(lambda: bool(fitting()), name)
        return fitting()[0]


class Steps:
    def __init__(self) -> None:
        self.client = Client()
        self.order_id = 0
        self.bid = 0.0
        self.execution = None
        self.contract = Contract()
        self.contract.symbol, self.contract.secType = "ES", "FUT"
        self.contract.lastTradeDateOrContractMonth = "201312"
        self.contract.exchange, self.contract.currency = "CME", "USD"

    def next_id(self) -> int:
        self.order_id += 1
        return self.order_id

    def order(self, action: str, kind: str, quantity: int, reference: str) -> Order:
        order = Order()
        order.action, order.orderType, order.totalQuantity, order.orderRef = action, kind, quantity, reference
        order.account, order.eTradeOnly, order.firmQuoteOnly = ACCOUNT, False, False
        return order

    def status(self, order_id: int, *wanted: str):
        return self.client.wait("orderStatus", lambda a: a[0] == order_id and a[1] in wanted)

    def connect(self) -> str:
        self.client.open(CLIENT_ID)
        self.order_id = self.client.wait("nextValidId")[0]
        assert self.client.wait("managedAccounts")[0].strip(",") == ACCOUNT
        self.client.reqCurrentTime()
        now = self.client.wait("currentTime")[0]
        assert 1380585600 < now < 1388534400, now
        return f"server version {self.client.serverVersion()}, epoch {now}"

    def find_contract(self) -> str:
        self.client.reqContractDetails(1, self.contract)
        self.client.wait("contractDetailsEnd")
        ((_, details),) = self.client.heard["contractDetails"]
        assert details.minTick == 0.25 and details.contract.localSymbol == "ESZ3", details
        self.contract.conId = details.contract.conId
        return f"{details.contract.localSymbol} conId {details.contract.conId}"

    def bars(self) -> str:
        self.client.reqHistoricalData(2, self.contract, "", "3600 S", "1 min", "TRADES", 0, 2, False, [])
        self.client.wait("historicalDataEnd")
        bars = [bar for _, bar in self.client.heard["historicalData"]]
        assert len(bars) >= 50 and all(bar.low <= bar.close <= bar.high for bar in bars), len(bars)
        return f"{len(bars)} minutes"

    def live_bars(self) -> str:
        self.client.reqRealTimeBars(3, self.contract, 5, "TRADES", False, [])
        wait_until(lambda: len(self.client.heard["realtimeBar"]) >= 3, "three 5-second bars")
        self.client.cancelRealTimeBars(3)
        return f"close {self.client.heard['realtimeBar'][-1][5]}"

    def ticks(self) -> str:
        self.client.reqMktData(4, self.contract, "", False, False, [])
        self.bid = self.client.wait("tickPrice", lambda a: a[1] == 1)[2]
        ask = self.client.wait("tickPrice", lambda a: a[1] == 2)[2]
        volume = self.client.wait("tickSize", lambda a: a[1] == 8)[2]
        return f"{self.bid} x {ask}, volume {volume}"

    def place(self) -> str:
        self.placed = self.next_id()
        order = self.order("BUY", "LMT", 2, "modified")
        order.lmtPrice = self.bid - 25
        self.client.placeOrder(self.placed, self.contract, order)
        status = self.status(self.placed, "Submitted")
        return f"order {self.placed}, permId {status[5]}"

    def modify(self) -> str:
        order = self.order("BUY", "LMT", 3, "modified")
        order.lmtPrice = self.bid - 30
        self.client.placeOrder(self.placed, self.contract, order)
        fits = lambda a: a[0] == self.placed and a[2].lmtPrice == self.bid - 30 and a[2].totalQuantity == 3  # noqa: E731
        self.client.heard["openOrder"].clear()
        self.client.reqOpenOrders()
        self.client.wait("openOrder", fits)
        return f"3 at {order.lmtPrice}"

    def cancel(self) -> str:
        self.client.cancelOrder(self.placed)
        self.status(self.placed, "Cancelled")
        return "Cancelled"

    def fill(self) -> str:
        self.filled = self.next_id()
        self.client.placeOrder(self.filled, self.contract, self.order("BUY", "MKT", 1, "filled"))
        self.status(self.filled, "Filled")
        self.execution = self.client.wait("execDetails", lambda a: a[2].orderId == self.filled)[2]
        assert self.execution.side == "BOT" and self.execution.orderRef == "filled", self.execution
        return f"{self.execution.shares} at {self.execution.price}, {self.execution.time}"

    def commission(self) -> str:
        report = self.client.wait("commissionReport", lambda a: a[0].execId == self.execution.execId)[0]
        assert report.commission > 0, report
        return f"{report.commission} {report.currency}"

    def position(self) -> str:
        self.client.reqPositions()
        self.client.wait("positionEnd")
        _, _, held, cost = self.client.wait("position", lambda a: a[1].symbol == "ES")
        assert held == 1, held
        return f"average cost {cost}"

    def account(self) -> str:
        self.client.reqAccountSummary(5, "All", "NetLiquidation,TotalCashValue")
        self.client.wait("accountSummaryEnd")
        value = self.client.wait("accountSummary", lambda a: a[2] == "NetLiquidation")[3]
        assert float(value) > 90_000, value
        self.client.reqPnL(6, ACCOUNT, "")
        daily = self.client.wait("pnl")[1]
        return f"net liquidation {value}, daily P&L {daily:.2f}"

    def same_id(self) -> str:
        second = Client()
        second.open(CLIENT_ID)
        second.wait("error", lambda a: a[1] == 326)
        self.client.heard["currentTime"].clear()
        self.client.reqCurrentTime()
        self.client.wait("currentTime")
        return "refused, the first lives"

    def reconnect(self) -> str:
        self.resting = self.next_id()
        order = self.order("SELL", "STP", 1, "resting")
        order.auxPrice, order.tif = self.bid - 40, "GTC"
        self.client.placeOrder(self.resting, self.contract, order)
        self.status(self.resting, "Submitted", "PreSubmitted")
        reader = self.client.reader
        self.client.disconnect()
        # The library's socket lives until its reader's last read ends, up to a second later; until then its client id is in use.
        reader.join(5)
        self.client = Client()
        self.client.open(CLIENT_ID)
        self.order_id = self.client.wait("nextValidId")[0]
        assert self.order_id > self.resting, (self.order_id, self.resting)
        return "same client id"

    def orders_found(self) -> str:
        self.client.reqOpenOrders()
        self.client.wait("openOrderEnd")
        found = self.client.wait("openOrder", lambda a: a[2].orderRef == "resting")
        assert found[0] == self.resting and found[2].auxPrice == self.bid - 40, found[2]
        self.client.reqCompletedOrders(True)
        self.client.wait("completedOrdersEnd")
        completed = {order.orderRef: state.status for _, order, state in self.client.heard["completedOrder"]}
        assert completed.get("modified") == "Cancelled" and completed.get("filled") == "Filled", completed
        self.client.cancelOrder(self.resting)
        self.status(self.resting, "Cancelled")
        return f"1 open, {len(completed)} completed"

    def fills_found(self) -> str:
        self.client.reqExecutions(7, ExecutionFilter())
        self.client.wait("execDetailsEnd")
        found = [a[2].execId for a in self.client.heard["execDetails"] if a[2].orderRef == "filled"]
        assert found == [self.execution.execId], found
        self.client.wait("commissionReport", lambda a: a[0].execId == self.execution.execId)
        leaving = self.order_id
        self.client.placeOrder(leaving, self.contract, self.order("SELL", "MKT", 1, "exit"))
        self.status(leaving, "Filled")
        execution = self.client.wait("execDetails", lambda a: a[2].orderId == leaving)[2]
        realized = self.client.wait("commissionReport", lambda a: a[0].execId == execution.execId)[0].realizedPNL
        assert abs(realized) < 10_000, realized
        return f"1 fill; exit realized {realized:.2f}"


steps = Steps()
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
steps.client.disconnect()
