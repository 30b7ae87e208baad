package io.jobrelay.bench;

/** The two databases of the relay. */
enum Kind {
    POSTGRESQL("PostgreSQL"), H2("H2");

    private final String title;

    Kind(String title) {
        this.title = title;
    }

    @Override
    public String toString() {
        return title;
    }
}
