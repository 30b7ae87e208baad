package io.jobrelay.bench;

/** A relay starts and finds 20,000 outcomes to be written to files. Beside the plain loop stands what the file system can do of the sink's kind. */
final class Backlog implements Part {

    private static final int RESULTS = 20_000;
    private static final int PLAIN_FILES = 2_000;

    @Override
    public String name() {
        return "backlog";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        int count = Scale.count(RESULTS);
        Held held = session.held(kind);
        held.give("file", count);
        double before = PlainFiles.perSecond(session.folder("loop"), Scale.count(PLAIN_FILES));
        double rate;
        App relay = App.relay(held.folder(), held.keys("file"));
        try (relay) {
            rate = rate(relay, count);
            relay.clearResults();
            Held.awaitMarks();
        }
        session.listen(relay, "relay with a backlog on " + kind);
        double published = PublishedFiles.perSecond(session.folder("published"), Scale.count(PLAIN_FILES));
        double after = PlainFiles.perSecond(session.folder("loop"), Scale.count(PLAIN_FILES));
        Series relays = new Series();
        Series plain = new Series();
        for (double loop : new double[] {before, after}) { // the loop runs on either side of the relay, so that both meet the same disk
            relays.add(rate);
            plain.add(loop);
        }
        report.add(Row.compared("forwarding a backlog of 20,000 results to files, " + kind, Row.value(relays.median(), "/s"),
                "a loop that writes and flushes them: " + Row.value(plain.median(), "/s") + "; 16 threads that also rename them and flush the names: "
                        + Row.value(published, "/s"), relays.over(plain), Goal.atLeast(0.30)));
    }

    /** @return files a second from a tenth of them on, when the relay is warm */
    private static double rate(App relay, int count) {
        int first = 0;
        long began = 0;
        long patience = System.nanoTime() + 180_000_000_000L;
        while (true) {
            int n = relay.resultCount();
            long now = System.nanoTime();
            if (began == 0 && n >= count / 10) {
                first = n;
                began = now;
            }
            if (n >= count) {
                if (first == count) {
                    throw new IllegalStateException("it was done before it could be measured");
                }
                return (n - first) / ((now - began) / 1e9);
            }
            if (now > patience) {
                throw new IllegalStateException("only " + n + " of " + count + " results were forwarded within three minutes");
            }
            Pause.millis(Scale.shortened() ? 20 : 200);
        }
    }
}
