/**
 * What sentence-transformers answers with the published weights of all-MiniLM-L6-v2 (test/news/embeddings/fixture/make_fixture.py wrote it):
 * a fetched model is asked the same. Vectors are float32, little-endian, in base64.
 */

export interface ReferenceVector {
  readonly text: string;
  readonly vector: Float32Array;
}

const REFERENCES: readonly (readonly [text: string, base64: string])[] = [
  [
    'Federal Reserve holds interest rates steady as inflation cools',
    '7wMQO8b3Sr3FwtW95KOlPZVLPj2c1329rnMdvU0zOLyLX6c8LLkKPO8ipzvaJJo8T0/pvKmZ/7sSbg09JGyuPPcimrxCzRC77dwvPaJYiD2AgS' +
      'C9wSX2vLIHf70TaiG9km8APaItkj1/OCO8Nm2AvcBiCD2BsxQ8y6JQvaOS+jxxhYG8a+BdvZukHjswJkI9OP4fOyyqlD3ncsM8vB1mPQiJGb0j' +
      'Ym+9wIkyPb/sY72iago9twoCPa3kPryAWNA9+6Z6vOXffT0lLUs8r4gru8l3BLuVTwU9jVUUOxl7yj2nJKs8O5H7vDlSbLx4Y0G8zbf0u43DDz' +
      '0J2/S6YGS4uSkcZjyiZqM8v/2vvOcIzzw095C6lygxvFxd6Ty3bQ49zFeOvZvV4b2VW/87vTbbPF4Wbjz/lsC8eRg/Pc6uVjstMsA9xueUvV34' +
      'Bj1EZB2+E34pvQa8nL2oVfQ9PVsMvSVvpbx5mTw9oaiSPRxqmj0TKU28ljSAvf1Z4rwpdck8Cq5DvXbHPT2hQVS97xDQvC/5fz1HlxK6Xhq1vA' +
      'YBCD4uKpg7D9EIvWdZQT2PvJg8eodgPTwD2TtwkQA9Vgflu6xCWT0Kuyg8T29rvc7Qrr2640O9H/etvBI5GD1KGcI86e+1PUT00D0yfJ+8nep6' +
      'PZlTuLtn+Ko6wXlMvAAAAACrHao8Pd2UvNRkRjzIScy9pt4JvAufCDykCjW9zeoYPSBE8rxUAwg96YZBPS3XFj1QrYm9kC72PBEQPb3/A9G9Aw' +
      'AsvSGbOj0RU+I9uFU1PY6XiTzZmNc7AFWcvOh0D7x1KB68HRilPAK9S7x1ZUY9pfx/vJQGyDvi0gy7hA+lPFR2NT1Vi5O9mMHYvNzml7ySGYk9' +
      '76YAPRPYF71woZG9v30dvFE5kT277SI97eWYPeMQW73ona+7CLqsu0Ga8byAXLe9MANfPMRVirzlwwK95HZBvkMCxrw84YC7FHmSvGtg670gde' +
      'A7g5gVvuxcBzzheY68wW5Yu+Z1DL4DY1g7beoHvp/2hT3PcLk7UbA1PCMnjb1On/g9KW7mvNGLpDycXnO8RSWaPFxJYTqFUdq8XLsDPd+SUrzg' +
      'GI294TWJvUaOHr0zELC9UzuoPXkHOD3RtlW9azxivTjXML0nupM80W/kPcTvYb1iTsu9OvqpPDytcT2WEU09GejauwAAAID3vBE9Oay6vNCwvb' +
      'x86Lc9Y4AfvSljFz1YoZK7pr2cvNa+Kj3K6eG9isO+vEg3/T2cb2S9DVVsPcqjQD2+L269tybdO+FonT3anDk8oRJXPEIt3L3ldhS9V2HOvLxC' +
      '+jxqdai8XgSXPBINt72jaJ+94Uynu+pMcD2O9Jg8SM0NvG1Vkjyl6mi9/jJzvMx5Jr1IuhC9D6O2vTn7OTyBZHU9xhl+PUTK6jwBlqa7BE8mvb' +
      'YrWT3jtcE87haHPQarYD3Kp0c8OKsUvVq7Db20fJi9m35fvRElUD0+Z6G9vfD5vKPm6zyxHHw8b6uPPLmpYb1l1EY89s2iOrSsezxw2Cy9YUyf' +
      'PQ/nBryPLoC7zILkOxPRlD03peE8uq/UPYCLhDw2Yly97EGCPWA2pruPRcQ9rLsjPbaa2ryxlxc9ryelPUUtjb3wYcA958efvMJOsb1C6Wu9/x' +
      'KnO/eIAj3pW4u9KPWwvYgJz7yZCeu8m7tHPbUSvz3Em9A878sZvQAAAIAvS+C8IINwPNPBmr2QyE09v06FPEmlszwI+rA9jIxkvfcdqDwd5xa9' +
      'i7UOPTaO/TtG8YW6lrYzvS1MFbwPKnE8cEczvRBHDbyuvOQ852BsvI5kRbyExbc91UrXPO4Pb71VHOK8WbuSPEG3xz0dimc9R/c9PaKZhz1/gW' +
      'W9PkaUPDY+kzwRgfS8dNC1PeLoqrwWYOk8TeONvCY+sj2ReQk7R6FWPdrY9jy7+1K9RutovbBXGD1QBAy9LS5EPWBrADzZovs8URSovD4qWbzM' +
      'wDc8aI3mvAgzEj01tQw9atTYveFWm73PXRw9olaSvUNikb1mzJO82eMqvZl+CTu6F/M7',
  ],
  [
    'The central bank left borrowing costs unchanged.',
    'MOCLPXWQ1zvqxwu9n9gUPT7G4T3IIpK9OK6lvYnHDz2Jztc89/RHu49sLr2iYGY905mFvK4/c7232Ii8jQiGvdU8Z71xHaO8RA1wu+y8Uj3YHd' +
      'G9uA6EvBGQT73+kGg9sFHLPZGE2DuzsIy8lVScvUfku7pJPmC9svzEvX1QQT3kibu8TiYuvfibij2fA4s813wmPLn7HD0HA3Q9mVvrvBxu0TsC' +
      'aVo8tAE4vUbTmbxq6qu8s4yuPQM0G70HZAo869+avL7F/j3Ep6o9Xn+HvRyrPr3Q4yE95PT1u1ScmTwVckU9yyoxvfvy6D1pkx49qlawPOc/jz' +
      '0vAVO8dWqYPVeHMj1enBg9fhOfPd8nWL0W5vO6/xauOgc/Ub3rb0m9xP8ivT4Q/719/ws7xuC8POod8z0Mcsw9GiklPDRsb7z5ySc9gbebvGj/' +
      'qLyUKZu9OEIwPWGowztrB8g8NV2kvVrIMj3aG/y86+qZPfaEGz1Yesg7Oh/TvSTtq7x7CV+9sZG/vLV29jx88cU8WHNAPZExrT0HLZ898DYvPT' +
      '/2hDzwqiI9yo5oPK7Hrj0J6Z+83S8VPQmsNz1knHW80MQqPP8K9DoAYZa9b35Duy5guLyxbGY8oBaDvOPj7ryt0cw9XdCMPObiND2i8Hm9beUl' +
      'PDgmwL0fl109oG7QvQAAAIAN1om8RKpDvfhQ4jx7oaC9tMCIvQr8/DxinU+9MtgePM5VEz130ue85wEnPd7x3LyEBQG9paS3vSVHsDxTcJ289r' +
      '08vau1izoQ3ug91bkYPbyyq73VQtQ9GlKgvCMsjzwEtc67JC1wOw/ocblhFwW965LMO6DxDr37Bfu8DF1EPSnDwjxvu6A94ZBSvSNOgjuXzmI9' +
      '+fBRvGXILL3P55I7jq1HPRiieT2AMCs9h/6JvDG+njy5Vua9W5+NPAw6xjyKlwK9mDBavVQDqL3OC8G74GinvTbIybxv0sm9Dau4vGwCUb1x2M' +
      'c6QXU9vOeHNr1Dhvo72GvVO7yTD71mwto9+S6lO7m9+T2Dyq69BJ1/PEn3zr0PbMs8LnjMvaAyHr0JumI8fR/ePWuLAb2m2Ey9xvV0vXS78rro' +
      'kkA9uWN7O3RxJT0BCOk88JZ1O6kdND0OYkw9JSBGvVPABz0/67W9qDHGPHOJXr2EPIy8nHoTPFLvqTuLdnA8n9jpPQAAAAB8w/O8xQxDPQkiYb' +
      '2opIM95bgTvULnGj0E5bY8h9R+u5UHzrwfWyA9J2waOxnIMzxDfoy9Bu1aPZr/Ib0auXM9a6IqvFhIL7z6whq9OWHCujvOSLzRzX49R4uIPdOJ' +
      'X7w0Mbi7DnyhPZd6gb0EMoW6noMiPR3GSb2QByy99lcZPbxNiTxzr709jnM7vV2Ilbyxn0q9XoEoPeTXL72K1+s8LGw8PGcbST2u0608w82OvA' +
      'Y6yT28EUw95KdMvNyil71kWCU9M+KdvMHkRjyt/A28Rd8TvOdtDD19j3+9hRKcPAi7hz0L5rk8TFI5PUZTJ71FDtG8PI5VPZvHIT3GOvC8cXt9' +
      'PSOnijzg0MA8eMaIvCtLtD1FL4O9ESK0PHd9Czw3zfE5zcYPvTf9GT2HTdQ9vXqbvfsfgL3VD6C7TiUovGPWZjyGaD68bi6ju+EAxLx3Y6a8nr' +
      'i3vB+TFj2V4x+9zoTLuzhFDD2QYI+8HPMVvAf0DT426yc9BnfxvAAAAIBZ9487QMzUPMvT3rxYwn89vA9WPWtMo731scy6AWPiPIONJr3NDFY9' +
      'gRacvPUqdz2xvTs8vKiCPJsUEL4pNxs73J4gvfuyj71Pruk8ErRTPa5Jt71Gsmc9WL3dvTrXZjxqalk9eyZFvSAM/DyDk6M9f7m7PKzsgb1Cxi' +
      'i9PTyVPfoCxDyKSlS9C3PMvXM0IrxUI488gfpgPFm3izv8bro7+OqZu8YNST0Blua9IFJCvdfA1jz8yEi9vQQCvZBMB7uBo648fjXMvaCDkzyX' +
      'Ez49+QtiuvZHEz3xNM89TEbfvSReg7wRS4Q95pvIvLV1272PfgW9z6AhvdCsFr2VCxW9',
  ],
  [
    'Gold rallies to a record high; miners follow.',
    'ye1yugQGpDo7qpq73ll7PfPJCrx/XCw8FBG0O0mGVz1dnIK9Q4U0vNhVN7wO7Y09MIaNPNdL+LzLMp88gm+aPSl8ETxabj+9UrJBvFXzwbvF5q' +
      'O8u8rUvev+MTyBNrM9YXmGvOpa2z0+xXa9MOcDPfCir7zL9gE9D0xJveL46zvTowk9eZm8PcqoUr1u4yq80WDuPFRFZz3ucUu9Rpe3vN3rpD2z' +
      'NKG9zkZ4utuYKL0/EZW8msTqPJZJgzyYo0c8T4pbveIukT0pWyQ9aKewPDrxizw5lAa9VVyWPQv/MzyEhhm9lIflvWSy8z0VUr68ZsyDPQXIK7' +
      'x6JDS9eJMEvU8sJryIpoe83wfWO9TtoT2hSBy893KEPIvu+j1t8iU9mRfGvV11E73sbfO8lL4QPP/mCj3TQag6MVADPefQ2L1f7D06ZZxwvRC8' +
      'ELzIRru8hjiLPWDG+bxquiM9/zOUO6iJYzyWT9C9T3KsvD7ONLxXcIm9F6DIPE6tCL2Gtee73GYqPNfjmbzV/EI9AxOuPeNLvT0ffrM9o22huy' +
      'NWdb0Qtx48Mio/vfrNub0dWxo+wQDCuyX52zzSb5891jJevR/KRj2onpY8EQ9yvPBxIT0K9Am+sbm0PMWo4L3lc8g9NFlNPb0Ukz1f6ZG94fCN' +
      'Pd1eEj1Jy9I8MPEHvQAAAIDx/UO7KDS/vK2fozzD0Xo7JOExPdsTybouUm29u9swvSIRRD2G7q08hX+svItjrj1EnJM9VquAPGfzeL0b+fe9tf' +
      'DGvLl9hbzDYtS7ztxoOh7T5LzcL/q8NtkQvfCWuj34wZm9cHc2Pa+tBL1ufSI7CGoCPTmGtjydOC893aAsPMxl/rvH7fy8ZGwSPdCfwT2OHoQ9' +
      'xMiHvSeoPL382n+9kzAYvSO0L7zWOBs8WQg8PDIW1zwcd089lxaaucdKjLzeXcK6uQfXO7Q6+byqCYc9PWL0Oi3V4Dz3zkM7sDH5uTl8UrzT8b' +
      '28BM7tvAnfOz1YlC09FUGCPZz60L23q/E9ZJTnvQXgvz39uvg8x4MtPJxXoL3Hi+s9WsDfPdACHj1R3qe9X5CZuyc2qr2WRTw6vGqvPIPgcbzZ' +
      '/l87hyN+PPRE4bwKT6O9CEwRPfh3Ub2cURM9mhE5PDxgCL1+r3y9Nez3uhuReb15+Jy9rQ06PIjvKT0X+dA85op8vQAAAADdbhO8RpdXPSAZXD' +
      '0qLCI9FsesPU975TxG45q6YIWlO7mTI73sB4Y7+ic4OyS6Ar2x5fC8Eb68PfP7ozpb3UC9D53ePQKo2D2jmYI5de1mPLiyH70Y3Ss9nEJ9vQGE' +
      'xD18+TO9GovBPM8bsr1OHya9lu6JPFuf6LxLhxg9xMQwPLgmiL3Ay8y9mq93vWDfUz05b608pZDavKaANDyRNkQ8SEWtvLK/x7yB12I9P4SyPZ' +
      'AJIr3HlKk9EdIJPOyq2z3xXlq9ahOnPByYfL3uPkc8gVziuisSeD2t58q93DK7vMk9Pb0kD0S8Pn4CvlPXEDtHCyu8pUiDPeijzDxcdsg8Iy7A' +
      'PHqxCzzT2jS8n6TKPNQbv7zDl049cy2avOEkTTySjZy9murJOotTDb0Oz5y8i2LDvdF6gz3Qcf88ZqR5vbX2Y7wxbe682UidPQ6ZlzsPewa9d5' +
      'h7PQSSMD3V1h69hoQZvbnL2TsX/iK9PuGhvQZukzxgfVe9r9AnvQAAAIA03Qa94W4/PdJdiL04JL+8HDlcPWdEiT0u2QI9pgBCPRj0lDy48/O8' +
      'pRIeur2bHb1+8DC96QwMvRucCLxZafe6yzAJPXd7WryqPry8qiEbvZnSnzvno/E8a46yPZOIFb3xzQA8986DPMrAgTwHWIA9jLtBvDrqaLxDhV' +
      'S96eZMvRUrmb3pILm8XoqWPd6OsD1t9ea8gJB2vIVhOz09+8C9tyWivUibVD2dLeC8wmNkPIFdzbzFrg29dxuavb2mxzyafTk9wNDevZ7Xg70W' +
      'U2S9xYNXPVaOWrtx0Bk9PfWjPKELj7z4dFA7P/yhOy12AL1IIMk9gaK4vTWDU71j6449',
  ],
  [
    'Société Générale: bénéfice net en hausse de 12,5 %',
    'J1ooPUpuA7yGMbO8sznzvJytl7xd1Jg91WTxPUSb/T0KPKY8Hb/BPBm0Br117/w8cUGRvSCXuLxaI8e9pZKwvbVc7DroZh89x4ymO2NmejnPFD' +
      'q9w33pvRZLkbxIyzc866WOPS+ljr2Z2ZI9+FsRvUEM9Dw6JKC9dx6LvFW6ID1bYM89P1E+vWevAz1/eCw9pVc5PMWQ7L11vb689eCEPTxzBb3e' +
      'glu8y/nNvZERK7043KK7q+Zeuxv+ibkp1G49oZCTPGdSOT3ovhy8y42YPBmmWzw8UwM95WkPPWPyobwHGJy9GceovZbJFTygAGW8EMJtPKH0Bb' +
      '24ANk8Qu9ou4wXpjxmheI8px95vNZHFjvOaxG+RqNxu/nuqz1nCrK9elXHvQbCSb06LGO9822mvChngzvbuA88fBwXPDTP+737i4U9u7tpPYvS' +
      '7zxq6aA9mMIDPTraIr3MrYU9qkmLPBU7lT31sne9pZr+OwuejT2PZCC8N8E8vbzqAT0YDIm8/2OcvXMIpr2ESbE8SSJlPc+jPT2sP508FpYJuw' +
      '2PWLxoOPq9bjsjPIErFD0sN4c8tl74PTtOdjy3Yxq+v/bnPIhsG73bPwW90FMuvNLLI72ghxo9liuXvdVsjz2US6O9SPJGPZY+VD2S9jW9KKrI' +
      'vE2WpLyVCxU9QYJivAAAAACr0LC96UvKuufhJD2pCew8wHVKvWRGLj2CYtq8HONUPNE+hr0XtaA6zNv3vS9BVzza8gA88ulWvAL4Qj0+rNw6Ll' +
      'VpvGEQIrvZZ9Q9jnURvT8RNb3IASA99+w0PYA0oj37XE09lD+pvI67d71dMD09i93ju/LAtjrwPn09j+MnvfgLh7vjwBC9IC8avdAlgbydwmU9' +
      'ZT57PXhv+zrs3PQ8uS4hvK7NazxvdF89cPoEPYNBo7x/zB09JIyAPdw2Ar3BNvc9pk2LOynGrr0Tgaq8W1I/vT8VPL3lZx49xforPb2RDL5//j' +
      'Y9m2XgvG7sQ72Tedo9nWU2vcrItLyuyJ48q48sPD5I1T2HTB48Sk5cOqyAgT0FdSW9xJG8vdD1WD2P02E9b3GDPL7ixLxFbZE8GFWgvX/IkT1K' +
      'zm49i1sbPbzgfb2M9AK9GvhRvKOxUTziVyw90MriPLaIsz2BZia9ZW14OynPjD3pbs28eZ9ZvdEsPztLZKU9eak9vQAAAIC/R3290/shPf5cOb' +
      '1OwyY9zSgRvT/sgD2T9WU8j58XvUDB1b2zH649CbI0PfMjWbyC6yU90aumvEQQvL2r1bI79zSMPJChIz0hsfi8twGpvSHjFr2bAok9wMmLPbmp' +
      'Abuq+No81zuCPT3KUrtRIKI74hKBvVAOsLlq+uy6owwwOwQ+Gr3WGko8OJcMvfZY3zyz3Cg9hXQdPFiP+7sWV3A8kBQRvPKJBrvEhXI9U5sTuw' +
      '5xAj1DWM28xG9UvMEJq71QIAc9YUTsO5WoTT2lLwQ9rSP9u7otkbtUvNu8BplJPWkIAr0LLjE8z/dTvcrqDD3jPq09K1WtPcRtfryq5J09hYyh' +
      'PbDKhTsu3Zm9pyuePVl/pT2jJeq7MLcgPZ0UAb1JvLy8SCaWO1csib0Phao8fLo6Pc761Dy3Y+o7Z/KNPEUWRL19g+W8pIsNvaPz0LuPqAi+4B' +
      'BKvVg4aT0QxWm9tEN3PRLJhjwKWUe9ZceGvKXo0ryx5hY9XkyzPAAAAIDbWOS7/jcgveybQL2FGs871O8CPZ66Jb6A36W9bmy2vGXPhL2Ui/w9' +
      'TNd9vbjmzjwom8K9ihwHvWssIb1rDPq8/MMWvazvgj3XuQ481vzIvQnjsj3Veyo8EnXVvKqKr73Lggk8t7OvvOiAyTuSPHy9xjevPHSvOL2Y1J' +
      'o83+mEPXynOLzLboG9KNsbvJmyeD28WH29FQgRPY+bKz0G6wk9ca0WPV+jGz3Bv626xgWWvNGWM73Y5SU8Xo5NvXtU17zjz2Y9pEkTvQZZID0z' +
      'McI8J9o1PQ5gez1gM2W86qcJvec/Oj0HBYo8rvBOvVDzH7wnz8a8UzIKvY2etrzZvva8',
  ],
];

const decoded = (base64: string): Float32Array => {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
};

export const MINILM_REFERENCE: readonly ReferenceVector[] = REFERENCES.map(([text, base64]) => ({
  text,
  vector: decoded(base64),
}));
