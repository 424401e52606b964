/** Whether two titles are of one story: the share of their words that they have in common (Jaccard), order and endings aside. */

const SMALL_WORDS = new Set(
  'a an and are as at be by for from in into is it its of on or s t that the this to was were will with'.split(' '),
);
/** Publishers sign their titles ("… - NASDAQ.com"); what else follows a dash is part of the story. */
const SIGNATURE =
  /\s[-–—|]\s(?:the )?(?:[\w-]+\.(?:com|net|org|co\.uk)|reuters|bloomberg|marketwatch|cnbc|barron['’]s|yahoo finance|zacks|benzinga|seeking alpha|wsj|wall street journal|motley fool|forbes|business insider|financial times|associated press)$/;
/** Titles of fewer words ("Market wrap") say too little to be told apart. */
export const FEWEST_WORDS = 4;

export const titleWords = (title: string): ReadonlySet<string> =>
  new Set(
    title
      .toLowerCase()
      .replace(SIGNATURE, '')
      .split(/[^\p{L}\p{N}.%$]+/u)
      .map((word) => word.replace(/^\.+|\.+$/g, ''))
      .filter((word) => word !== '' && !SMALL_WORDS.has(word)),
  );

/** 0..1; 0 when either has too few words to judge by. */
export function titleSimilarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size < FEWEST_WORDS || b.size < FEWEST_WORDS) return 0;
  const common = [...a].filter((word) => b.has(word)).length;
  return common / (a.size + b.size - common);
}
