package io.jobrelay.protocol;

/**
 * A request that cannot be answered as asked: an HTTP status and one sentence for the caller, which never repeats a value of the request.
 * It is shown as {@code application/problem+json} (RFC 9457); programs tell the kinds apart by {@code type}, never by the sentence.
 */
public class Problem extends RuntimeException {

    /** The kinds of mistake, each with a type that stays the same for good. */
    public enum Kind {
        /** The body is empty, not UTF-8, or not the JSON that is taken. */
        UNREADABLE_BODY(400, "The body cannot be read"),
        /** A member that is not taken. */
        UNKNOWN_MEMBER(400, "A member is unknown"),
        /** A member that must be there is not. */
        MISSING_MEMBER(400, "A member is missing"),
        /** A member of the wrong type, too long, or of a value that is not taken. */
        INVALID_MEMBER(400, "A member cannot be taken"),
        /** A query parameter of a value that is not taken, or one that must be there and is not. */
        INVALID_PARAMETER(400, "A parameter cannot be taken"),
        /** A header of a value that is not taken. */
        INVALID_HEADER(400, "A header cannot be taken"),
        /** The body is longer than what is read. */
        BODY_TOO_LARGE(413, "The body is too large"),
        /** No job has this id. */
        UNKNOWN_JOB(404, "There is no such job"),
        /** The request is not HTTP as it should be. */
        BAD_REQUEST(400, "The request cannot be read"),
        /** Nothing is served under this path. */
        UNKNOWN_PATH(404, "There is nothing here"),
        /** The path takes other methods. */
        METHOD_NOT_ALLOWED(405, "The method is not taken here"),
        /** The jobId is tracked already, with another reference or other metadata. */
        JOB_DIFFERS(409, "The job is known otherwise"),
        /** The job has ended, and only an open one can be treated so. */
        JOB_ENDED(409, "The job has ended"),
        /** The job has not ended, and only an ended one can be treated so. */
        JOB_NOT_ENDED(409, "The job has not ended"),
        /** The API does not know the job yet. */
        JOB_NOT_SUBMITTED(409, "The job is not submitted yet"),
        /** The job cannot be submitted once more. */
        NOT_RESUBMITTABLE(409, "The job cannot be submitted again"),
        /** The API could not reach the relay, so nothing can be submitted. */
        NO_PUBLIC_URL(409, "The relay has no usable public URL"),
        /** The Idempotency-Key belongs to another body. */
        KEY_REUSED(422, "The Idempotency-Key was used for another body"),
        /** The request carries no key, or a wrong one. */
        UNAUTHORIZED(401, "The request needs the admin key"),
        /** The request comes from another machine, or was sent by a foreign web page. */
        FOREIGN(403, "The request is not one of this machine's own"),
        /** The key of the request reads only, and this would change something, or act. */
        READ_ONLY(403, "The key only reads"),
        /** The relay is starting or stopping. */
        NOT_READY(503, "The relay is not ready"),
        /** More is asked for at once than fits in memory. */
        BUSY(503, "Too much is asked for at once"),
        /** One audit at a time is enough. */
        AUDIT_UNDER_WAY(503, "An audit is under way"),
        /** The database cannot be reached at this moment. */
        DATABASE_AWAY(503, "The database is away"),
        /** The relay's own fault. */
        INTERNAL(500, "Something went wrong here");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        /** @return the type URI, such as {@code urn:jobrelay:problem:unknown-member} */
        public String type() {
            return "urn:jobrelay:problem:" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        /** @return the HTTP status of this kind */
        public int status() {
            return status;
        }

        /** @return the kind in a few words, the same for every occurrence */
        public String title() {
            return title;
        }
    }

    private final int status;
    private final transient Kind kind;
    private String member;
    private String parameter;

    /**
     * A problem of no particular kind: its type is {@code about:blank}.
     *
     * @param status 4xx or 5xx
     * @param sentence naming the member or parameter, what is wrong with it and what it takes
     */
    public Problem(int status, String sentence) {
        super(sentence);
        this.status = status;
        this.kind = null;
    }

    /**
     * @param kind of mistake
     * @param sentence naming the member or parameter, what is wrong with it and what it takes
     */
    public Problem(Kind kind, String sentence) {
        super(sentence);
        this.status = kind.status();
        this.kind = kind;
    }

    /**
     * @param kind of mistake
     * @param member of the body that is wrong; {@code body} where it is the whole
     * @param sentence what is wrong with it and what it takes
     * @return the problem
     */
    public static Problem member(Kind kind, String member, String sentence) {
        Problem problem = new Problem(kind, sentence);
        problem.member = member;
        return problem;
    }

    /**
     * @param parameter of the query that is wrong
     * @param sentence what is wrong with it and what it takes
     * @return the problem
     */
    public static Problem parameter(String parameter, String sentence) {
        Problem problem = new Problem(Kind.INVALID_PARAMETER, sentence);
        problem.parameter = parameter;
        return problem;
    }

    /**
     * @param status of a job that is still open
     * @return the problem that it has no result yet
     */
    public static Problem notEnded(String status) {
        return new Problem(Kind.JOB_NOT_ENDED, "The job is " + status + ": it has no result yet.");
    }

    /** @return the HTTP status to answer with */
    public int status() {
        return status;
    }

    /** @return the kind of mistake, or null where it is of none in particular */
    public Kind kind() {
        return kind;
    }

    /** @return the member of the body that is wrong, or null */
    public String member() {
        return member;
    }

    /** @return the query parameter that is wrong, or null */
    public String parameter() {
        return parameter;
    }
}
