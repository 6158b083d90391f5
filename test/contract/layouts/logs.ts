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

/** 26 November 2017, within Taobao's nine days. */
const TAOBAO = 1_511_654_400 - 59;

const usDate = (i: number) => `${time(i).getUTCMonth() + 1}/${time(i).getUTCDate()}/${time(i).getUTCFullYear()}`;

const usTime = (i: number) => {
  const hours = time(i).getUTCHours();
  const clock = `${hours % 12 || 12}:${two(time(i).getUTCMinutes())}:${two(time(i).getUTCSeconds())}`;
  return `${usDate(i)} ${clock} ${hours < 12 ? "AM" : "PM"}`;
};

/** Logs of shops and news. */
export const LOGS: readonly LookAlike[] = [
  {
    layout: "RecBole atomic file",
    file: "1.inter",
    content: lines(
      (i) => `u${i}\t00${i}\t${(i % 5) + 1}\t${second(i)}.0`,
      "user_id:token\titem_id:token\trating:float\ttimestamp:float",
    ),
    rows: rows((i) => ({ USER_ID: `u${i}`, ITEM_ID: `00${i}`, TIMESTAMP: second(i), EVENT_VALUE: (i % 5) + 1 })),
  },
  {
    layout: "RecBole atomic file",
    file: "2.item",
    content: lines(
      (i) => `00${i}\tFilm "${i}"\t199${i % 10}\tDrama Crime`,
      "item_id:token\tmovie_title:token\trelease_year:float\tclass:token_seq",
    ),
    rows: rows((i) => ({
      ITEM_ID: `00${i}`,
      MOVIE_TITLE: `Film "${i}"`,
      RELEASE_YEAR: 1990 + (i % 10),
      CLASS: "Drama|Crime",
    })),
  },
  {
    layout: "Yoochoose clicks",
    file: "3.dat",
    content: lines((i) => `${i},${iso(i).replace("Z", ".869Z")},2145${two(i)},${i % 2 ? "S" : "0"}`),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `2145${two(i)}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "click",
      CATEGORY: i % 2 ? "S" : "0",
    })),
  },
  {
    layout: "Yoochoose buys",
    file: "4.dat",
    content: lines((i) => `${i},${iso(i).replace("Z", ".869Z")},2145${two(i)},1${i},${(i % 3) + 1}`),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `2145${two(i)}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "purchase",
      PRICE: Number(`1${i}`),
      QUANTITY: (i % 3) + 1,
    })),
  },
  {
    layout: "RetailRocket events",
    file: "5.csv",
    content: lines(
      (i) => `${second(i) * 1000 + 999},${i},${i % 2 ? "view" : "transaction"},4${i},${i % 2 ? "" : `9${i}`}`,
      "timestamp,visitorid,event,itemid,transactionid",
    ),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `4${i}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: i % 2 ? "view" : "transaction",
    })),
  },
  {
    layout: "RetailRocket item properties",
    file: "6.csv",
    content: [
      "timestamp,itemid,property,value",
      "1435460400000,460429,categoryid,1338",
      "1441508400000,206783,888,1116713 960601 n277.200",
      "1439089200000,460429,categoryid,0042",
      "1436670000000,460429,available,0",
      "1431226800000,206783,categoryid,7",
      "1431226800000,460429,available,1",
      "",
    ].join("\n"),
    rows: [
      { ITEM_ID: "460429", CATEGORYID: "0042", AVAILABLE: "0" },
      { ITEM_ID: "206783", CATEGORYID: "7" },
    ],
  },
  {
    layout: "OTTO sessions",
    file: "7.jsonl",
    content: jsonLines((i) => ({
      session: i,
      events: [
        { aid: 59625 + i, ts: second(i) * 1000 + 281, type: "clicks" },
        { aid: 7, ts: second(i) * 1000 + 5_999, type: "carts" },
      ],
    })),
    rows: NUMBERS.flatMap((i) => [
      { USER_ID: String(i), ITEM_ID: String(59625 + i), TIMESTAMP: second(i), EVENT_TYPE: "clicks" },
      { USER_ID: String(i), ITEM_ID: "7", TIMESTAMP: second(i) + 5, EVENT_TYPE: "carts" },
    ]),
  },
  {
    layout: "MIND behaviours",
    file: "8.tsv",
    content: lines(
      (i) =>
        `${i + 1}\tU137${two(i)}\t${usTime(i)}\t${i ? "N551 N422" : ""}\tN1-0 N${i + 10}-1 N3-0${i % 2 ? " N4-1" : ""}`,
    ),
    rows: NUMBERS.flatMap((i) => {
      const row = { USER_ID: `U137${two(i)}`, TIMESTAMP: second(i), EVENT_TYPE: "click" };
      const impression = `N1|N${i + 10}|N3${i % 2 ? "|N4" : ""}`;
      const first = { ...row, ITEM_ID: `N${i + 10}`, IMPRESSION: impression };
      return i % 2 ? [first, { ...row, ITEM_ID: "N4", IMPRESSION: impression }] : [first];
    }),
  },
  {
    layout: "MIND news",
    file: "9.tsv",
    content: lines((i) => {
      const entities = `[{"Label": "Somebody", "Type": "P", "WikidataId": "Q${i}", "Confidence": 1.0}]`;
      return `N${i}\tlifestyle\tlifestyleroyals\tThe "Brands" of ${i}\tShop, and more\thttps://news.example/${i}.html\t${entities}\t[]`;
    }),
    rows: rows((i) => ({
      ITEM_ID: `N${i}`,
      CATEGORY: "lifestyle",
      SUBCATEGORY: "lifestyleroyals",
      TITLE: `The "Brands" of ${i}`,
      ABSTRACT: "Shop, and more",
    })),
  },
  {
    layout: "Taobao user behaviour",
    file: "10.csv",
    // The last two rows lie outside of the nine days.
    content: `${lines((i) => `${i},22${i},25209${i % 2},${["pv", "cart", "fav", "buy"][i % 4]},${second(i % 6, TAOBAO)}`)}13,1,2,pv,-2134949234\n14,1,2,pv,2122867355\n`,
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `22${i}`,
      TIMESTAMP: second(i % 6, TAOBAO),
      EVENT_TYPE: ["view", "cart", "favorite", "buy"][i % 4],
      CATEGORY_ID: `25209${i % 2}`,
    })),
  },
  {
    layout: "Tmall (IJCAI-16) log",
    file: "11.csv",
    content: lines(
      (i) => `${i},9${i},44${i},7,${i % 2},${day(i).replaceAll("-", "")}`,
      "use_ID,sel_ID,ite_ID,cat_ID,act_ID,time",
    ),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `44${i}`,
      TIMESTAMP: midnight(i),
      EVENT_TYPE: i % 2 ? "purchase" : "click",
      SELLER_ID: `9${i}`,
      CATEGORY_ID: "7",
    })),
  },
  {
    layout: "Tmall (IJCAI-15) log",
    file: "12.csv",
    content: lines(
      (i) => `${i},44${i},7,9${i},3,${i % 2 ? "1111" : "0829"},${i % 4}`,
      "user_id,item_id,cat_id,seller_id,brand_id,time_stamp,action_type",
    ),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `44${i}`,
      TIMESTAMP: (i % 2 ? Date.UTC(2014, 10, 11) : Date.UTC(2014, 7, 29)) / 1000,
      EVENT_TYPE: ["click", "cart", "purchase", "favorite"][i % 4],
      CATEGORY_ID: "7",
      SELLER_ID: `9${i}`,
      BRAND_ID: "3",
    })),
  },
  {
    layout: "Diginetica views",
    file: "13.csv",
    content: lines(
      (i) => `${i};${i % 4 ? "NA" : "77"};816${two(i)};${5_264_990 + i};${day(i)}`,
      "session_id;user_id;item_id;timeframe;eventdate",
    ),
    rows: rows((i) => ({
      USER_ID: String(i),
      ITEM_ID: `816${two(i)}`,
      TIMESTAMP: midnight(i) + 5264 + (i >= 10 ? 1 : 0),
      EVENT_TYPE: "view",
    })),
  },
  {
    layout: "H&M transactions",
    file: "14.csv",
    content: lines(
      (i) => `${day(i)},${"ab".repeat(31)}${two(i)},06637130${two(i)},0.05${i % 10}8,2`,
      "t_dat,customer_id,article_id,price,sales_channel_id",
    ),
    rows: rows((i) => ({
      USER_ID: `${"ab".repeat(31)}${two(i)}`,
      ITEM_ID: `06637130${two(i)}`,
      TIMESTAMP: midnight(i),
      EVENT_TYPE: "purchase",
      PRICE: Number(`0.05${i % 10}8`),
      SALES_CHANNEL_ID: "2",
    })),
  },
  {
    layout: "H&M customers",
    file: "15.csv",
    content: lines(
      (i) => `ff${i},,${i % 2 ? "1.0" : ""},ACTIVE,NONE,${20 + i}.0,0f${i}`,
      "customer_id,FN,Active,club_member_status,fashion_news_frequency,age,postal_code",
    ),
    rows: rows((i) => ({ USER_ID: `ff${i}`, CLUB_MEMBER_STATUS: "ACTIVE", AGE: 20 + i, POSTAL_CODE: `0f${i}` })),
  },
  {
    layout: "Ta-Feng purchases",
    file: "16.csv",
    content: lines(
      (i) => `"${usDate(i)}","0110${two(i)}","45-49","115","110411","47100854190${two(i)}","${i + 1}","24","${30 + i}"`,
      [
        "TRANSACTION_DT",
        "CUSTOMER_ID",
        "AGE_GROUP",
        "PIN_CODE",
        "PRODUCT_SUBCLASS",
        "PRODUCT_ID",
        "AMOUNT",
        "ASSET",
        "SALES_PRICE",
      ].join(","),
    ),
    rows: rows((i) => ({
      USER_ID: `0110${two(i)}`,
      ITEM_ID: `47100854190${two(i)}`,
      TIMESTAMP: midnight(i),
      EVENT_TYPE: "purchase",
      AMOUNT: i + 1,
      SALES_PRICE: 30 + i,
      PRODUCT_SUBCLASS: "110411",
    })),
  },
  {
    layout: "H&M articles",
    file: "17.csv",
    content: lines(
      (i) =>
        `01087750${two(i)},0108775,Strap top ${i},253,Vest top,Garment Upper body,1010016,Solid,"Jersey top, with straps"`,
      [
        ...["article_id", "product_code", "prod_name", "product_type_no", "product_type_name", "product_group_name"],
        ...["graphical_appearance_no", "graphical_appearance_name", "detail_desc"],
      ].join(","),
    ),
    rows: rows((i) => ({
      ITEM_ID: `01087750${two(i)}`,
      PROD_NAME: `Strap top ${i}`,
      PRODUCT_TYPE_NAME: "Vest top",
      PRODUCT_GROUP_NAME: "Garment Upper body",
      GRAPHICAL_APPEARANCE_NAME: "Solid",
      DETAIL_DESC: "Jersey top, with straps",
    })),
  },
];
