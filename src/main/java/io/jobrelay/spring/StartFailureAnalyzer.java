package io.jobrelay.spring;

import io.jobrelay.config.StartFailure;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Lets Spring Boot show what stopped the start as the sentence it is, instead of a stack trace. */
public final class StartFailureAnalyzer extends AbstractFailureAnalyzer<StartFailure> {

    @Override
    protected FailureAnalysis analyze(Throwable root, StartFailure failure) {
        return new FailureAnalysis("AI Job Relay: " + failure.getMessage(), null, root);
    }
}
