package io.jobrelay.media;

import io.jobrelay.protocol.Capability;
import io.jobrelay.protocol.PercentCode;
import io.jobrelay.webhook.PublicUrl;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes the URL under which the API fetches the media file of a job. It is made anew for each submit, since the public URL may change. */
public final class MediaUrl {

    private final PublicUrl publicUrl;
    private final Capability media;

    /**
     * @param publicUrl the base of the URL
     * @param media signs the id of the file's intake
     */
    public MediaUrl(PublicUrl publicUrl, Capability media) {
        this.publicUrl = publicUrl;
        this.media = media;
    }

    /**
     * @param job row of {@code relay_job} with {@code intake} and {@code media}
     * @return {@code <public URL>/media/<capability>/<name>}, ASCII only
     * @throws PublicUrl.Unusable when the API could not reach any URL given to it now
     */
    public String of(Map<String, Object> job) {
        return publicUrl.require() + "/media/" + media.sign((String) job.get("intake")) + "/"
                + PercentCode.encode(((String) job.get("media")).getBytes(StandardCharsets.UTF_8));
    }
}
