import { columnKey } from "../../schema/column-name.js";

/** A column with a fixed meaning that a file's column may be meant as. */
export type Role = "USER_ID" | "ITEM_ID" | "TIMESTAMP" | "EVENT_TYPE" | "EVENT_VALUE";

/** The names of columns of each role in the data sets and exports of others, as {@link columnKey} has them, best ones first. */
const NAMES: Readonly<Record<Role, readonly string[]>> = {
  USER_ID: split(`
    userId user uid visitorId visitor customerId customer customerNumber custId clientId client memberId member accountId
    account buyerId shopperId subscriberId reviewerId profileId personId playerId guestId viewerId userName userNo userKey
    useId reader readerId patientId studentId employeeId sessionId session anonymousId deviceId cookieId userPseudoId email`),
  ITEM_ID: split(`
    itemId item iid productId product productCode sku articleId article asin parentAsin movieId movie filmId bookId book isbn
    trackId track songId song artistId videoId video newsId contentId content gameId game appId businessId venueId poiId placeId
    locationId recipeId courseId jobId adId offerId listingId propertyId hotelId restaurantId showId episodeId podcastId
    variantId materialId stockCode ean gtin upc itemNo itemKey iteId documentId docId postId pageId`),
  TIMESTAMP: split(`
    timestamp eventTimestamp time eventTime ts datetime date eventDate createdAt created unixReviewTime unixTime utcTimestamp
    timestampUtc time_stamp occurredAt eventAt clickedAt clickTime purchasedAt purchaseDate orderDate orderTime invoiceDate
    transactionDate transactionDt tDat visitTime viewTime logTime watchedAt startTime reviewTime reviewDate ratedAt dt day`),
  EVENT_TYPE: split(`
    eventType event eventName action actionType behavior behaviour behaviorType behaviourType interaction interactionType
    activity activityType`),
  EVENT_VALUE: split(`
    eventValue rating ratings score stars overall bookRating rate grade weight watchRatio playCount plays playedRatio`),
};

/** Names of columns that say when an item was created. */
const CREATION_NAMES = split(`
  creationTimestamp createdAt created creationDate creationTime releaseDate released publishedAt publishDate publicationDate
  pubDate launchDate onlineSince addedAt dateAdded releaseTime`);

function split(names: string): string[] {
  return names.trim().split(/\s+/).map(columnKey);
}

/** The role that a column's name says, or undefined. */
export function roleOf(name: string): Role | undefined {
  const key = columnKey(name);
  return (Object.keys(NAMES) as Role[]).find((role) => NAMES[role].includes(key));
}

/** The column that most probably has a role, among some that could; undefined when no name says so. */
export function bestForRole(role: Role, columns: readonly string[]): string | undefined {
  return NAMES[role].flatMap((key) => columns.filter((column) => columnKey(column) === key))[0];
}

/** Whether a column's name says that it holds the time at which an item was created. */
export function saysCreation(name: string): boolean {
  return CREATION_NAMES.includes(columnKey(name));
}
