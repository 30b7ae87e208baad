package io.jobrelay.spring;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;

/** A request whose body has been read, and is bytes: neither a form nor parts of one. Its path is that inside the application. */
final class RawRequest extends HttpServletRequestWrapper {

    private static final String CONTENT_TYPE = "Content-Type";
    private static final String BYTES = "application/octet-stream";
    private static final String CONTENT_ENCODING = "Content-Encoding";
    private final byte[] body;
    private final String path;
    private final String query;

    /**
     * @param request whose body is {@code body}
     * @param body as it came
     * @param path inside the application
     * @param query that the routes may see, or null
     */
    RawRequest(HttpServletRequest request, byte[] body, String path, String query) {
        super(request);
        this.body = body;
        this.path = path;
        this.query = query;
    }

    /** Camel looks for the variables of a route's path in the whole of it, as if an application always were at the root. */
    @Override
    public String getRequestURI() {
        return path;
    }

    @Override
    public String getContextPath() {
        return "";
    }

    @Override
    public String getContentType() {
        return BYTES;
    }

    @Override
    public String getHeader(String name) {
        return name.equalsIgnoreCase(CONTENT_TYPE) ? BYTES : name.equalsIgnoreCase(CONTENT_ENCODING) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return name.equalsIgnoreCase(CONTENT_TYPE) ? Collections.enumeration(List.of(BYTES))
                : name.equalsIgnoreCase(CONTENT_ENCODING) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    /** The body is unpacked already where it was packed; Camel would do it once more. */
    @Override
    public Enumeration<String> getHeaderNames() {
        return Collections.enumeration(Collections.list(super.getHeaderNames()).stream().filter(name -> !name.equalsIgnoreCase(CONTENT_ENCODING)).toList());
    }

    @Override
    public String getCharacterEncoding() {
        return null;
    }

    @Override
    public int getContentLength() {
        return body.length;
    }

    @Override
    public long getContentLengthLong() {
        return body.length;
    }

    @Override
    public ServletInputStream getInputStream() {
        ByteArrayInputStream bytes = new ByteArrayInputStream(body);
        return new ServletInputStream() {
            @Override
            public int read() {
                return bytes.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                return bytes.read(target, offset, length);
            }

            @Override
            public int available() {
                return bytes.available();
            }

            @Override
            public boolean isFinished() {
                return bytes.available() == 0;
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setReadListener(ReadListener listener) {
                throw new IllegalStateException("the body has been read");
            }
        };
    }

    @Override
    public BufferedReader getReader() {
        return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public String getQueryString() {
        return query;
    }

    @Override
    public String getParameter(String name) {
        return null;
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Map.of();
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.emptyEnumeration();
    }

    @Override
    public String[] getParameterValues(String name) {
        return null; // as the specification has it for a name that is not there
    }

    @Override
    public Collection<Part> getParts() {
        return List.of();
    }

    @Override
    public Part getPart(String name) {
        return null;
    }
}
