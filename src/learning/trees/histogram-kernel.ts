/** The compiled loops of histogram-kernel.as (source and how to compile beside this file), and their types. */
export interface HistogramKernel {
  fill(
    bins: number,
    rows: number,
    columns: number,
    count: number,
    histogram: number,
    samples: number,
    ordered: number,
    n: number,
  ): void;
  subtract(parent: number, child: number, count: number): void;
  bestCut(
    histogram: number,
    count: number,
    bins: number,
    g: number,
    h: number,
    lambda: number,
    minimum: number,
    floor: number,
    out: number,
  ): void;
  addScores(histogram: number, count: number, g: number, h: number, lambda: number, scores: number): void;
  partition(samples: number, n: number, column: number, cut: number, scratch: number): number;
  gather(samples: number, n: number, entries: number, ordered: number): void;
}

const PAGE_BYTES = 65_536;

const MODULE =
  'AGFzbQEAAAABNwZgA39/fwBgBX9/f39/AX9gBH9/f38AYAh/f39/f39/fwBgCX9/f3x8fHx8fwBgBn9/fHx8fwACDwEDZW52Bm1lbW9yeQIAAAMHBgABAgME' +
  'BQc+BgRmaWxsAAMIc3VidHJhY3QAAAdiZXN0Q3V0AAQJYWRkU2NvcmVzAAUJcGFydGl0aW9uAAEGZ2F0aGVyAAIK9gsGPAAgACACQQt0aiECA0AgACACSQRA' +
  'IAAgAP0ABAAgAf0ABAD90QH9CwQAIABBEGohACABQRBqIQEMAQsLC2wBBH8DQCABIAZKBEAgACAGQQJ0aigCACIHIAJqLQAAIANMIQggACAFQQJ0aiAHNgIA' +
  'IAQgBiAFa0ECdGogBzYCACAFIAhqIQUgBkEBaiEGDAELCyAAIAVBAnRqIAQgASAFa0ECdPwKAAAgBQs3AQF/A0AgASAESgRAIAMgBEEDdGogAiAAIARBAnRq' +
  'KAIAQQN0aikDADcDACAEQQFqIQQMAQsLC4UDAgl/AX4gBEEAIANBC3T8CwADQCAJQQRqIANMBEAgACACIAlBAnRqIggoAgAgAWxqIQwgACAIKAIEIAFsaiEN' +
  'IAAgCCgCCCABbGohDiAAIAgoAgwgAWxqIQogBCAJQQt0aiELQQAhCANAIAcgCEoEQCALIAwgBSAIQQJ0aigCACIPai0AAEEDdGoiECAGIAhBA3RqKQMAIhEg' +
  'ECkDAHw3AwAgCyANIA9qLQAAQQN0aiIQIBApA4AQIBF8NwOAECALIA4gD2otAABBA3RqIhAgECkDgCAgEXw3A4AgIAsgCiAPai0AAEEDdGoiDyAPKQOAMCAR' +
  'fDcDgDAgCEEBaiEIDAELCyAJQQRqIQkMAQsLA0AgAyAJSgRAIAAgAiAJQQJ0aigCACABbGohCiAEIAlBC3RqIQtBACEIA0AgByAISgRAIAsgCiAFIAhBAnRq' +
  'KAIAai0AAEEDdGoiDCAMKQMAIAYgCEEDdGopAwB8NwMAIAhBAWohCAwBCwsgCUEBaiEJDAELCwvCBQIRewZ/IAP9FCEUIAT9FCEVIAX9FCESIAb9FCETIAgg' +
  'BzkDACAIRAAAAAAAAPC/OQMIA0AgASAaSgRAIAAgGkELdGohHSAAIBpBAWoiGyABQQFrIhwgGyAcSBsiHkELdGohGyACIBpBAXRqLwEAIhwgAiAeQQF0ai8B' +
  'ACIfIBwgH0obQQFrIR/9DAAAAAAAAAAAAAAAAAAAAAAhCSAH/RQhCv0MAAAAAAAA8D8AAAAAAADwPyEL/QwAAAAAAAAAAAAAAAAAAAAAIQz9DAAAAAAAAAAA' +
  'AAAAAAAAAAAhDf0MAAAAAAAA8L8AAAAAAADwvyEO/QwAAAAAAAAAAAAAAAAAAAAAIQ9BACEcA0AgHCAfSARAIAkgGyAd/V0DAP1XAwAB/c4BIgkgCf0NBAUG' +
  'BwwNDg8EBQYHDA0OD/3+ASIQIBD98gEgFSAJIAn9DQABAgMICQoLAAECAwgJCgv9/wEiEf3xASIYIBL98AEiFv3yASAUIBD98QEiFyAX/fIBIBEgEv3wASIZ' +
  '/fIB/fABIhcgCiARIBP9TCAYIBP9TP1OIBcgC/3yASAKIBkgFv3yASIW/fIB/Ur9TiIX/VIhCiAWIAsgF/1SIQsgECAMIBf9UiEMIBEgDSAX/VIhDSAPIA4g' +
  'F/1SIQ4gD/0MAAAAAAAA8D8AAAAAAADwP/3wASEPIBxBAWohHCAdQQhqIR0gG0EIaiEbDAELCyAKIAv98wEiCf0hACIDIAdkIA79IQAiBEQAAAAAAAAAAGZx' +
  'BEAgCCADIgc5AwAgCCAatzkDCCAIIAQ5AxAgCCAM/SEAOQMYIAggDf0hADkDIAsgCf0hASIDIAdkIA79IQEiBEQAAAAAAAAAAGZxBEAgCCADIgc5AwAgCCAe' +
  'tzkDCCAIIAQ5AxAgCCAM/SEBOQMYIAggDf0hATkDIAsgGkECaiEaDAELCwvGAQMDfwF+BHwDQCABIAdKBEBCACEJQQAhBgNAIAZBgAJIBEAgAiAJIAAgB0EI' +
  'dCAGakEDdCIIaikDAHwiCUIgh7kiCqEhCyADIAlC/////w+DuSIMoSENIAUgCGoiCCAIKwMAIAxEAAAAAAAAAABkBHwgCiAKoiAMIASgowVEAAAAAAAAAAAL' +
  'oCANRAAAAAAAAAAAZAR8IAsgC6IgDSAEoKMFRAAAAAAAAAAAC6A5AwAgBkEBaiEGDAELCyAHQQFqIQcMAQsLCw==';

/** Zero-filled memory of at least this size. */
export const allocateMemory = (bytes: number): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });

/** The kernel over `memory`; every pointer of its functions is a byte offset into it. */
export function loadHistogramKernel(memory: WebAssembly.Memory): HistogramKernel {
  const module = new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as HistogramKernel;
}
