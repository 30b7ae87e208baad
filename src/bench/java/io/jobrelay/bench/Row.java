package io.jobrelay.bench;

import java.util.Locale;

/** A line of the table. */
record Row(String figure, String relay, String yardstick, String ratio, String goal, String met) {

    /**
     * @param figure what was measured
     * @param unit of both values
     * @param relay round by round
     * @param yardstick what it is
     * @param yard its values in the same rounds
     * @param goal of relay / yardstick
     */
    static Row compared(String figure, String unit, Series relay, String yardstick, Series yard, Goal goal) {
        return compared(figure, value(relay.median(), unit), yardstick + ": " + value(yard.median(), unit), relay.over(yard), goal);
    }

    /** As above, where relay and yardstick are told in words. */
    static Row compared(String figure, String relay, String yardstick, Series ratio, Goal goal) {
        return new Row(figure, relay, yardstick, number(ratio.median()) + " (" + spread(ratio) + ")",
                goal.text(), met(goal, ratio.median()));
    }

    /** @return a row whose goal is not a ratio but is about the value */
    static Row alone(String figure, String relay, String yardstick, String goal, boolean met) {
        return new Row(figure, relay, yardstick, "–", goal, met ? "yes" : "**no**");
    }

    /** @return a row beside the same of another build */
    static Row against(String figure, String unit, Series now, Series then, String goal, boolean met) {
        Series ratio = now.over(then);
        return new Row(figure, value(now.median(), unit), "the other build: " + value(then.median(), unit),
                number(ratio.median()) + " (" + spread(ratio) + ")", goal, met ? "yes" : "**no**");
    }

    /** @return a row that is only counted */
    static Row counted(String figure, String relay, String detail) {
        return new Row(figure, relay, detail, "–", "–", "–");
    }

    /** @return a row without figures, and why */
    static Row failed(String part, String sentence) {
        return new Row(part, "failed: " + sentence.replaceAll("[\\r\\n|]+", " "), "–", "–", "–", "–");
    }

    /** @return the least and the most */
    static String spread(Series series) {
        return number(series.min()) + "–" + number(series.max());
    }

    private static String met(Goal goal, double value) {
        return goal.met().test(value) ? "yes" : "**no**";
    }

    static String value(double value, String unit) {
        return number(value) + (unit.startsWith("/") ? unit : " " + unit);
    }

    /** @return it with about three digits that count */
    static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }

    @Override
    public String toString() {
        return "| " + String.join(" | ", figure, relay, yardstick, ratio, goal, met) + " |";
    }
}
