import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;

/**
 * A real PostgreSQL server that forces what it commits, with its data in a folder. Started as
 * source: {@code java -cp … PostgresServer.java folder}. Says its JDBC address, and ends when its
 * input does.
 */
final class PostgresServer {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        try (EmbeddedPostgres server =
                EmbeddedPostgres.builder()
                        .setDataDirectory(folder)
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("full_page_writes", "on")
                        .start()) {
            System.out.println(server.getJdbcUrl("postgres", "postgres"));
            while (System.in.read() >= 0) {
                // nothing is asked of it
            }
        }
    }
}
