package io.jobrelay.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Durable answers a second, with everything switched on. */
final class Callbacks implements Part {

    private static final double WINDOW_SECONDS = 1.5;
    private static final int ROUNDS = 3;
    private static final int CLIENTS = 128;

    @Override
    public String name() {
        return "callbacks";
    }

    @Override
    public boolean needsTrio() {
        return true;
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Trio trio = session.trio(kind);
        boolean postgres = kind == Kind.POSTGRESQL;
        for (int connections : new int[] {32, 128}) {
            Series empty = new Series();
            Series plain = new Series();
            Series relay = new Series();
            Series inserts = new Series();
            boolean withInserts = postgres && connections == CLIENTS;
            try (Helper clients = withInserts ? new Helper(Inserts.class, Store.plainUrl(kind, null), String.valueOf(CLIENTS)) : null) {
                if (withInserts) {
                    clients.ask(String.valueOf(Scale.seconds(4))); // warm
                }
                for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
                    double window = Scale.seconds(WINDOW_SECONDS);
                    empty.add(trio.empty(connections, window, 0).perSecond());
                    plain.add(trio.plain(connections, window, 0).perSecond());
                    relay.add(trio.relay(connections, window, 0).perSecond());
                    trio.drain();
                    if (withInserts) {
                        inserts.add(Double.parseDouble(clients.ask(String.valueOf(window))));
                    }
                }
            }
            session.saturation(kind, relay.median());
            String figure = "durable answers, 2 kB, " + connections + " connections, " + kind;
            report.add(Row.compared(figure, "/s", relay, "empty route", empty, Goal.atLeast(postgres ? 0.20 : 0.13)));
            report.add(Row.compared(figure, "/s", relay, "the plain way", plain, Goal.atLeast(postgres ? 4 : 3)));
            if (withInserts) {
                report.add(Row.compared(figure, "/s", relay, CLIENTS + " JDBC clients, no HTTP", inserts, Goal.atLeast(0.80)));
            }
        }
        audit(trio, report);
    }

    /** The figures count only if nothing was lost on the way. */
    private static void audit(Trio trio, Report report) throws IOException, InterruptedException {
        HttpRequest ask = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + trio.relay.adminPort + "/audit")).timeout(Duration.ofMinutes(2)).build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(ask, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("after " + trio.stored() + " callbacks GET /audit answered " + answer.statusCode() + ": "
                    + answer.body().substring(0, Math.min(300, answer.body().length())));
        }
        report.note(trio.kind + ": after " + trio.stored() + " callbacks the audit (GET /audit) found every job accounted for");
    }
}
