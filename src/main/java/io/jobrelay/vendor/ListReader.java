package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.jobrelay.document.Document;
import io.jobrelay.document.DocumentReader;
import io.jobrelay.document.Match;
import io.jobrelay.document.Place;
import io.jobrelay.protocol.JsonScanner;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads one page of a list that a vendor answers: its jobs, its registered hooks, its subscriptions. */
public final class ListReader {

    /** The most items of a page that are looked at. */
    public static final int MOST = 500;

    private static final int LONGEST = 4_000;

    /**
     * One of the list; what is not there is null.
     *
     * @param id the vendor's
     * @param state the vendor's word
     * @param address the URL that a hook calls
     * @param disabled whether the vendor says that a hook no longer calls
     * @param owner the mark by which a job is known as ours
     */
    public record Item(String id, String state, String address, boolean disabled, String owner) {
    }

    /**
     * How the next page is asked for.
     *
     * @param value a URL, which counts as {@link AnswerUrl} says, or a cursor
     * @param query the parameter that takes the cursor; null where it is a URL
     */
    public record Next(String value, String query) {
    }

    /**
     * @param items in their order, at most {@value #MOST}
     * @param next empty on the last page
     */
    public record Page(List<Item> items, Optional<Next> next) {
    }

    private final Place array;
    private final Place id;
    private final Place state;
    private final Place address;
    private final List<Match> disabled = new ArrayList<>();
    private final Place owner;
    private final Place after;
    private final Place last;
    private final String query;
    private final DocumentReader page;
    private final DocumentReader item;

    private ListReader(JsonNode list, JsonNode owner) {
        this.array = Place.of(list.get("items"));
        this.id = Place.of(list.get("id"));
        this.state = Place.of(list.get("state"));
        this.address = Place.of(list.get("address"));
        this.owner = Place.of(owner);
        this.after = Place.of(list.path("next").get("at"));
        this.last = Place.of(list.path("next").get("item"));
        this.query = list.path("next").path("query").asText(null);
        Place places = Place.of(list.get("disabled"));
        places.pointers().forEach(one -> disabled.add(new Match(new Place(List.of(one)), BooleanNode.TRUE)));
        this.page = DocumentReader.of(List.of(array, after));
        this.item = DocumentReader.of(List.of(id, state, address, places, this.owner, last));
    }

    /**
     * @param list {@code list}, {@code registration.list} or {@code subscription.list} of a profile
     * @param owner {@code submit.owner.at.item}, or null
     * @return a reader of its pages
     */
    public static ListReader of(JsonNode list, JsonNode owner) {
        return new ListReader(list, owner);
    }

    /**
     * @param body of an answer
     * @return the page; empty where there is no such list in it
     */
    public Optional<Page> read(byte[] body) {
        Document document = page.glean(body);
        Document.Span span = document.whole() ? document.span(array) : null;
        if (span == null) {
            return Optional.empty();
        }
        List<Document> documents = new ArrayList<>();
        try {
            JsonScanner scanner = new JsonScanner(body, span.from(), Integer.MAX_VALUE);
            if (!scanner.enterArray()) {
                return Optional.empty();
            }
            for (boolean first = true; scanner.element(first) && documents.size() < MOST; first = false) {
                int from = scanner.start();
                scanner.pass();
                documents.add(item.glean(Arrays.copyOfRange(body, from, scanner.end())));
            }
        } catch (IOException e) {
            return Optional.empty(); // it was read before
        }
        String cursor = !after.nowhere() ? document.scalar(after, LONGEST) : documents.isEmpty() ? null
                : documents.get(documents.size() - 1).scalar(last, LONGEST);
        return Optional.of(new Page(documents.stream().map(this::item).toList(), Optional.ofNullable(cursor).map(value -> new Next(value, query))));
    }

    private Item item(Document one) {
        return new Item(one.scalar(id, StatusResource.LONGEST_JOB_ID), one.text(state, StatePlace.LONGEST_WORD), one.text(address, LONGEST),
                disabled.stream().anyMatch(match -> match.holds(one)), one.scalar(owner, LONGEST));
    }
}
