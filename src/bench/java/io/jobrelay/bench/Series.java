package io.jobrelay.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The same figure of several rounds. */
final class Series {

    private final List<Double> values = new ArrayList<>();

    /** @param value of the next round */
    void add(double value) {
        values.add(value);
    }

    /** @return how many rounds */
    int size() {
        return values.size();
    }

    /** @return the middle one, of an even number the mean of both */
    double median() {
        List<Double> sorted = sorted();
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    double min() {
        return Collections.min(values);
    }

    double max() {
        return Collections.max(values);
    }

    /**
     * @param share such as 0.99
     * @return the value that this share of them does not exceed
     */
    double percentile(double share) {
        return sorted().get(Math.min(values.size() - 1, (int) Math.ceil(values.size() * share) - 1));
    }

    /** @return round by round, this divided by that */
    Series over(Series that) {
        Series ratio = new Series();
        for (int i = 0; i < values.size(); i++) {
            ratio.add(values.get(i) / that.values.get(i));
        }
        return ratio;
    }

    /** @return each divided by that */
    Series over(double that) {
        Series ratio = new Series();
        values.forEach(value -> ratio.add(value / that));
        return ratio;
    }

    private List<Double> sorted() {
        return values.stream().sorted().toList();
    }
}
