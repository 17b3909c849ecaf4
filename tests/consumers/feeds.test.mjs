// Readers of feeds, unchanged, read those of the worker at ORIGIN. What each of them does with times, identifiers and titles
// is what the feeds were made for.

import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";
import { parseFeed } from "@rowanmanning/feed-parser";
import FeedParser from "feedparser";
import RssParser from "rss-parser";

const { ORIGIN } = process.env;
const FORMS = ["atom", "rss"];

const text = async (path) => (await fetch(`${ORIGIN}${path}`)).text();

/** What all readers must agree on: an entry for each incident, one more for the end, and two windows. */
function check(items, form) {
  const titles = items.map(({ title }) => title);
  assert.equal(items.length, 5, titles.join("\n"));
  assert.equal(titles.filter((title) => title.includes("is down over IPv6")).length, 1, titles.join("\n"));
  assert.equal(titles.filter((title) => title.startsWith("Resolved: ")).length, 1);
  assert.equal(titles.filter((title) => title.includes("was down over IPv4 and IPv6")).length, 2);
  assert.equal(titles.filter((title) => title.startsWith("Maintenance")).length, 2);
  // The name of a target is `Shop <b>v6</b> & Söhne`: no reader may take it for markup, or lose it.
  assert.ok(titles.some((title) => title.includes("Shop ‹b›v6‹/b› & Söhne")), `${form}: ${titles.join("\n")}`);
  for (const { link } of items) assert.ok(link.startsWith(`${ORIGIN}/`), link);
}

for (const form of FORMS) {
  test(`rss-parser reads ${form}`, async () => {
    const feed = await new RssParser().parseURL(`${ORIGIN}/feed.${form}`);
    check(feed.items, form);
    for (const { isoDate, content } of feed.items) {
      assert.ok(Math.abs(Date.parse(isoDate) - Date.now()) < 3_600_000 * 24, isoDate);
      assert.ok(content.startsWith("<p><strong>"), content);
    }
    // It has no `updated` of Atom, and no identifier: that an incident is over shows in the titles alone.
    if (form === "rss") {
      assert.ok(feed.items.every(({ guid }) => guid.startsWith("tag:")));
      assert.ok(feed.items.some(({ categories }) => categories.includes("tcp.refused")));
    }
  });

  test(`feedparser reads ${form}`, async () => {
    const parser = new FeedParser({ feedurl: `${ORIGIN}/feed.${form}` });
    const items = [];
    parser.on("data", (item) => items.push(item));
    Readable.from([await text(`/feed.${form}`)]).pipe(parser);
    await once(parser, "end");
    check(items, form);
    assert.equal(new Set(items.map(({ guid }) => guid)).size, items.length);
    for (const { date, pubdate } of items) assert.ok(date >= pubdate, `${date} ${pubdate}`);
    const over = items.find(({ title }) => title.includes("was down") && !title.startsWith("Resolved"));
    if (form === "atom") assert.ok(over.date > over.pubdate, "amended after it was published");
    assert.ok(over.categories.includes("ipv6") && over.categories.includes("shop"), over.categories.join());
    assert.ok(over.description.includes("connection refused"), over.description);
  });

  test(`@rowanmanning/feed-parser reads ${form}`, async () => {
    const feed = parseFeed(await text(`/feed.${form}`));
    check(feed.items.map((item) => ({ title: item.title, link: item.url })), form);
    assert.equal(feed.language, "en");
    for (const item of feed.items) {
      assert.ok(item.id.startsWith("tag:") && item.published instanceof Date && !Number.isNaN(item.published.getTime()));
      const said = form === "rss" ? item.description : item.content;
      assert.ok(said.includes("<p>"), said);
    }
  });
}

test("each feed has what it is about, in the language that is asked for", async () => {
  const titles = async (query) => parseFeed(await text(`/feed.atom${query}`)).items.map(({ title }) => title);
  assert.equal((await titles("?target=mail")).length, 1);
  assert.equal((await titles("?family=ipv4")).length, 2);
  assert.equal((await titles("?maintenance")).length, 2);
  assert.equal((await titles("?target=shop&maintenance")).length, 0);
  assert.ok((await titles("?target=mail&lang=de"))[0].includes("ist über IPv6 nicht erreichbar"));
  assert.ok((await titles("?target=mail&lang=zh-CN"))[0].includes("无法访问"));
  const ids = async (path) => parseFeed(await text(path)).items.map(({ id }) => id);
  const [all, mail] = [await ids("/feed.atom"), await ids("/feed.atom?target=mail")];
  // Of two feeds with one identifier, newsboat shows an entry in one only.
  assert.ok(mail.every((id) => !all.includes(id)));
  assert.deepEqual(await ids("/history.atom"), all);
});
