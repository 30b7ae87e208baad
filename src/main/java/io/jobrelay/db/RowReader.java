package io.jobrelay.db;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.component.sql.RowMapperFactory;
import org.springframework.jdbc.core.BeanPropertyRowMapper;
import org.springframework.jdbc.core.ColumnMapRowMapper;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * How every statement of the relay reads rows. A name is folded as in English whatever the machine's language is: Spring's own rows would
 * make of H2's ID a name that nobody asks for where the small i of an I has no dot. A BLOB is read straight into an array of its length;
 * drivers that are asked for its bytes make them by way of buffers that grow, three times as large for a moment.
 */
public final class RowReader extends ColumnMapRowMapper implements RowMapperFactory {

    @Override
    public RowMapper<?> newColumnRowMapper() {
        return this;
    }

    @Override
    public RowMapper<?> newBeanRowMapper(Class<?> mappedClass) {
        return BeanPropertyRowMapper.newInstance(mappedClass);
    }

    @Override
    protected Map<String, Object> createColumnMap(int columns) {
        return new LinkedCaseInsensitiveMap<>(columns, Locale.ROOT);
    }

    @Override
    protected Object getColumnValue(ResultSet rows, int index) throws SQLException {
        return rows.getMetaData().getColumnType(index) == Types.BLOB ? bytes(rows.getBlob(index)) : super.getColumnValue(rows, index);
    }

    private static byte[] bytes(Blob blob) throws SQLException {
        if (blob == null) {
            return null;
        }
        byte[] bytes = new byte[Math.toIntExact(blob.length())];
        try (InputStream in = blob.getBinaryStream()) {
            if (in.readNBytes(bytes, 0, bytes.length) != bytes.length) {
                throw new SQLException("a BLOB is shorter than it says");
            }
        } catch (IOException e) {
            throw new SQLException(e);
        }
        return bytes;
    }
}
