package io.jobrelay.ops;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** The message of a line of the log, without secrets: a library that has something to say repeats URLs and what somebody threw. */
public final class CleanMessage extends ClassicConverter {

    @Override
    public String convert(ILoggingEvent event) {
        return of(event);
    }

    /**
     * @param event of the log
     * @return its message as {@link Redaction#masked} leaves it
     */
    static String of(ILoggingEvent event) {
        return Redaction.masked(event.getFormattedMessage());
    }
}
