package io.jobrelay.bench;

/** What a finished job takes in the database, after compaction. */
final class Size implements Part {

    @Override
    public String name() {
        return "size";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Held held = session.held(kind);
        held.finish();
        double bytes = held.bytesEach();
        Series ratio = new Series();
        ratio.add(bytes / Jobs.BODY_BYTES);
        report.add(Row.compared("database bytes per finished job, after compaction, " + kind, Row.value(bytes, "B"), "the payload: "
                + Row.value(Jobs.BODY_BYTES, "B"), ratio, Goal.atMost(3)));
    }
}
