package io.jobrelay.watch;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.jobrelay.protocol.Redaction;
import java.util.TreeMap;

/**
 * The message of a line of the log, without secrets: a library that has something to say repeats URLs and what somebody threw. Behind it stands
 * what is in the MDC, {@code job} and {@code reference}.
 */
public final class CleanMessage extends ClassicConverter {

    @Override
    public String convert(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(of(event));
        new TreeMap<>(event.getMDCPropertyMap()).forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
        return line.toString();
    }

    /**
     * @param event of the log
     * @return its message as {@link Redaction#masked} leaves it
     */
    static String of(ILoggingEvent event) {
        return Redaction.masked(event.getFormattedMessage());
    }
}
