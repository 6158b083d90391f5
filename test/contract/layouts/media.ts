import {
  day,
  iso,
  jsonLines,
  lines,
  midnight,
  NUMBERS,
  rows,
  second,
  time,
  two,
  type LookAlike,
} from "./look-alike.js";

const SHA1 = (i: number) => `0000c289a1829a808ac09c00daf10bc3c4e223${two(i)}`;
const MBID = (i: number) => `3bd73256-3905-4f3a-97e2-8b341527f8${two(i)}`;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "Tue Apr 03 18:00:09 +0000 2012". */
const twitterTime = (i: number) => {
  const date = time(i);
  const clock = date.toISOString().slice(11, 19);
  return `${WEEKDAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clock} +0000 ${date.getUTCFullYear()}`;
};

const yambda = (i: number) => ({
  USER_ID: "100",
  ITEM_ID: String(8_326_270 + i),
  TIMESTAMP: 39_420 + 5 * i,
  EVENT_TYPE: i % 2 ? "like" : "listen",
  IS_ORGANIC: i % 2,
  PLAYED_RATIO_PCT: 55 + i,
  TRACK_LENGTH_SECONDS: 170,
});

const YAMBDA_FLAT = `SELECT 100::UINTEGER AS uid, (39420 + 5 * i)::UINTEGER AS timestamp, (8326270 + i)::UINTEGER AS item_id,
  (i % 2)::UTINYINT AS is_organic, (55 + i)::USMALLINT AS played_ratio_pct, 170::UINTEGER AS track_length_seconds,
  CASE WHEN i % 2 = 1 THEN 'like' ELSE 'listen' END AS event_type FROM range(12) AS t(i)`;

const YAMBDA_SEQUENTIAL = `SELECT uid, ${[
  "timestamp",
  "item_id",
  "is_organic",
  "played_ratio_pct",
  "track_length_seconds",
  "event_type",
]
  .map((name) => `list(${name} ORDER BY timestamp) AS ${name}`)
  .join(", ")} FROM (${YAMBDA_FLAT}) GROUP BY uid`;

/** Music, films, places, books. */
export const MEDIA: readonly LookAlike[] = [
  {
    layout: "last.fm 1K listening events",
    file: "1.tsv",
    content: lines(
      (i) => `user_0000${two(i)}\t${iso(i)}\t${MBID(i)}\t"Weird" Al ${i}\t${i % 3 ? MBID(50 + i) : ""}\tTrack ${i}`,
    ),
    rows: rows((i) => ({
      USER_ID: `user_0000${two(i)}`,
      ITEM_ID: i % 3 ? MBID(50 + i) : `"Weird" Al ${i} - Track ${i}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "listen",
      ARTIST: `"Weird" Al ${i}`,
      TRACK: `Track ${i}`,
    })),
  },
  {
    layout: "last.fm 360K plays",
    file: "2.tsv",
    content: lines((i) => `${SHA1(i)}\t${i % 3 ? MBID(i) : ""}\tdie "Ärzte" ${i}\t${1099 + i}`),
    rows: rows((i) => ({
      USER_ID: SHA1(i),
      ITEM_ID: i % 3 ? MBID(i) : `die "Ärzte" ${i}`,
      TIMESTAMP: 1_230_768_000,
      EVENT_TYPE: "listen",
      EVENT_VALUE: 1099 + i,
      ARTIST: `die "Ärzte" ${i}`,
    })),
  },
  {
    layout: "last.fm 360K users",
    file: "3.tsv",
    content: lines((i) => `${SHA1(i)}\t${i % 2 ? "f" : ""}\t${i % 3 ? 20 + i : ""}\tGermany\tFeb 1, 2007`),
    rows: rows((i) => ({
      USER_ID: SHA1(i),
      ...(i % 2 ? { GENDER: "f" } : {}),
      ...(i % 3 ? { AGE: 20 + i } : {}),
      COUNTRY: "Germany",
      SIGNUP: "Feb 1, 2007",
    })),
  },
  {
    layout: "HetRec last.fm 2K plays",
    file: "4.dat",
    content: lines((i) => `${i + 2}\t${51 + i}\t${13883 - i}`, "userID\tartistID\tweight"),
    rows: rows((i) => ({
      USER_ID: String(i + 2),
      ITEM_ID: String(51 + i),
      TIMESTAMP: 1_304_208_000,
      EVENT_TYPE: "listen",
      EVENT_VALUE: 13883 - i,
    })),
  },
  {
    layout: "Yambda flat events",
    file: "5.parquet",
    content: { parquet: YAMBDA_FLAT },
    rows: NUMBERS.map(yambda),
  },
  {
    layout: "Yambda sequential events",
    file: "6.parquet",
    content: { parquet: YAMBDA_SEQUENTIAL },
    rows: NUMBERS.map(yambda),
  },
  {
    layout: "Gowalla check-ins",
    file: "7.txt",
    content: lines((i) => `${i}\t${iso(i)}\t30.2359091167\t-97.7951395833\t2284${i}`),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `2284${i}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "check-in",
      LATITUDE: 30.2359091167,
      LONGITUDE: -97.7951395833,
    })),
  },
  {
    layout: "Foursquare TSMC2014 check-ins",
    file: "8.csv",
    content: lines(
      (i) =>
        `${i},49bbd6c0f964a520f4531f${two(i)},4bf58dd8d48988d127951735,"Arts, Crafts",40.75,-73.5,-240,${twitterTime(i)}`,
      "userId,venueId,venueCategoryId,venueCategory,latitude,longitude,timezoneOffset,utcTimestamp",
    ),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `49bbd6c0f964a520f4531f${two(i)}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "check-in",
      VENUE_CATEGORY: "Arts, Crafts",
      LATITUDE: 40.75,
      LONGITUDE: -73.5,
    })),
  },
  {
    layout: "Foursquare TSMC2014 check-ins, as text",
    file: "9.txt",
    content: Buffer.from(
      lines(
        (i) =>
          `${i}\t49bbd6c0f964a520f4531f${two(i)}\t4bf58dd8d48988d127951735\tCafé\t40.75\t-73.5\t-240\t${twitterTime(i)}`,
      ),
      "latin1",
    ),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `49bbd6c0f964a520f4531f${two(i)}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "check-in",
      VENUE_CATEGORY: "Café",
      LATITUDE: 40.75,
      LONGITUDE: -73.5,
    })),
  },
  {
    layout: "Yelp reviews",
    file: "10.json",
    content: jsonLines((i) => ({
      review_id: `r-${i}`,
      user_id: `_u${i}`,
      business_id: `-b_${i}`,
      stars: (i % 5) + 1,
      useful: 0,
      funny: 0,
      cool: 0,
      text: "Made up,\nin two lines.",
      date: iso(i).replace("T", " ").replace("Z", ""),
    })),
    rows: rows((i) => ({ USER_ID: `_u${i}`, ITEM_ID: `-b_${i}`, TIMESTAMP: second(i), EVENT_VALUE: (i % 5) + 1 })),
  },
  {
    layout: "Yelp businesses",
    file: "11.json",
    content: jsonLines((i) => ({
      business_id: `-b_${i}`,
      name: `Bar "${i}"`,
      address: "",
      city: "Philadelphia",
      state: "PA",
      postal_code: "08054",
      latitude: 39.5,
      longitude: -75.25,
      stars: 4.5,
      review_count: 6 + i,
      is_open: 1,
      attributes: { WiFi: "u'free'" },
      categories: "Restaurants, Food",
      hours: null,
    })),
    rows: rows((i) => ({
      ITEM_ID: `-b_${i}`,
      NAME: `Bar "${i}"`,
      CATEGORIES: "Restaurants|Food",
      CITY: "Philadelphia",
      STATE: "PA",
      POSTAL_CODE: "08054",
      LATITUDE: 39.5,
      LONGITUDE: -75.25,
      STARS: 4.5,
      REVIEW_COUNT: 6 + i,
      IS_OPEN: 1,
    })),
  },
  {
    layout: "Netflix Prize ratings",
    file: "12.txt",
    content: `1:\n${lines((i) => `148804${i},${(i % 5) + 1},${day(i)}`)}22:\n${lines((i) => `9${i},3,${day(i)}`)}`,
    rows: [
      ...rows((i) => ({ USER_ID: `148804${i}`, ITEM_ID: "1", TIMESTAMP: midnight(i), EVENT_VALUE: (i % 5) + 1 })),
      ...rows((i) => ({ USER_ID: `9${i}`, ITEM_ID: "22", TIMESTAMP: midnight(i), EVENT_VALUE: 3 })),
    ],
  },
  {
    layout: "Netflix Prize films",
    file: "13.csv",
    content: Buffer.from(
      lines((i) => `${i + 1},${i % 3 ? 1990 + i : "NULL"},Café, Among Strangers, A ${i}`),
      "latin1",
    ),
    rows: rows((i) => ({
      ITEM_ID: String(i + 1),
      ...(i % 3 ? { YEAR: 1990 + i } : {}),
      TITLE: `Café, Among Strangers, A ${i}`,
    })),
  },
  {
    layout: "KuaiRec interactions",
    file: "14.csv",
    // Every fourth row has no time.
    content: lines(
      (i) =>
        `${i},3649${i},13838,10867,${i % 4 ? "2012-07-05 00:08:23.438" : ""},20200705.0,${i % 4 ? `${second(i)}.438` : ""},1.2${i % 10}`,
      "user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio",
    ),
    rows: NUMBERS.filter((i) => i % 4).map((i) => ({
      USER_ID: String(i),
      ITEM_ID: `3649${i}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "watch",
      EVENT_VALUE: Number(`1.2${i % 10}`),
      PLAY_DURATION: 13838,
      VIDEO_DURATION: 10867,
    })),
  },
  {
    layout: "Steam reviews, converted to JSON",
    file: "15.jsonl",
    content: jsonLines((i) => ({
      username: `Chaos "${i}"`,
      hours: i + 0.5,
      products: 41,
      product_id: `7252${two(i)}`,
      page_order: 0,
      date: day(i),
      text: "Made up.",
      early_access: i % 2 === 0,
      page: 1,
    })),
    rows: rows((i) => ({
      USER_ID: `Chaos "${i}"`,
      ITEM_ID: `7252${two(i)}`,
      TIMESTAMP: midnight(i),
      EVENT_TYPE: "review",
      HOURS: i + 0.5,
      EARLY_ACCESS: i % 2 === 0,
    })),
  },
  {
    layout: "Book-Crossing ratings",
    file: "16.csv",
    content: lines((i) => `"2767${two(i)}";"034545104X";"${i % 11}"`, '"User-ID";"ISBN";"Book-Rating"'),
    rows: rows((i) => ({
      USER_ID: `2767${two(i)}`,
      ITEM_ID: "034545104X",
      TIMESTAMP: 1_093_996_800,
      EVENT_VALUE: i % 11,
    })),
  },
  {
    layout: "Book-Crossing users",
    file: "17.csv",
    content: Buffer.from(
      lines((i) => `"${i}";"málaga, n/a, spain";${i % 2 ? `"${20 + i}"` : "NULL"}`, '"User-ID";"Location";"Age"'),
      "latin1",
    ),
    rows: rows((i) => ({ USER_ID: String(i), LOCATION: "málaga, n/a, spain", ...(i % 2 ? { AGE: 20 + i } : {}) })),
  },
  {
    layout: "Book-Crossing books",
    file: "18.csv",
    content: Buffer.from(
      lines(
        (i) =>
          `"00${two(i)}153448";"The \\"Fée\\"; a Tale ${i}";"A; B";"200${i % 10}";"Pub & Co";"http://p.example/1";"";""`,
        '"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Publisher";"Image-URL-S";"Image-URL-M";"Image-URL-L"',
      ),
      "latin1",
    ),
    rows: rows((i) => ({
      ITEM_ID: `00${two(i)}153448`,
      TITLE: `The "Fée"; a Tale ${i}`,
      AUTHOR: "A; B",
      YEAR_OF_PUBLICATION: 2000 + (i % 10),
      PUBLISHER: "Pub & Co",
    })),
  },
  {
    layout: "last.fm 1K users",
    file: "19.tsv",
    content: lines(
      (i) => `user_0000${two(i)}\t${i % 2 ? "f" : ""}\t\tJapan\tAug 13, 2006`,
      "#id\tgender\tage\tcountry\tregistered",
    ),
    rows: rows((i) => ({
      USER_ID: `user_0000${two(i)}`,
      ...(i % 2 ? { GENDER: "f" } : {}),
      COUNTRY: "Japan",
      REGISTERED: "Aug 13, 2006",
    })),
  },
  {
    layout: "HetRec last.fm 2K artists",
    file: "20.dat",
    content: lines(
      (i) => `${i}\t"MALICE" ${i}\thttp://m.example/${i}\thttp://p.example/${i}.jpg`,
      "id\tname\turl\tpictureURL",
    ),
    rows: rows((i) => ({ ITEM_ID: String(i), NAME: `"MALICE" ${i}` })),
  },
  {
    layout: "Brightkite check-ins",
    file: "21.txt",
    content: lines((i) => `${i}\t${iso(i)}\t39.75\t-104.5\t88c46bf20db295831bd2d1718ad7e6${two(i)}`),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `88c46bf20db295831bd2d1718ad7e6${two(i)}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "check-in",
      LATITUDE: 39.75,
      LONGITUDE: -104.5,
    })),
  },
  {
    layout: "Yelp users",
    file: "22.json",
    content: jsonLines((i) => ({
      user_id: `_u${i}`,
      name: "N.",
      review_count: 585 + i,
      yelping_since: "2007-01-25 16:47:26",
      useful: 7,
      elite: "2007",
      friends: "_a, _b",
      fans: i,
      average_stars: 3.5,
    })),
    rows: rows((i) => ({ USER_ID: `_u${i}`, REVIEW_COUNT: 585 + i, AVERAGE_STARS: 3.5, FANS: i })),
  },
];
