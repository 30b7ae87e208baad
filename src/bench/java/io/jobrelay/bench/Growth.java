package io.jobrelay.bench;

/** How cost grows, with open jobs and with instances. */
final class Growth implements Part {

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) {
        throw new UnsupportedOperationException("not there yet");
    }
}
