package dev.orrery.testkit;

import dev.orrery.core.KeyValueStore;
import dev.orrery.core.SegmentLog;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Core's storage engines under their contracts; core's own tests may not see the testkit. */
class StorageEnginesTest {
    @Nested
    class SegmentLogOnFiles extends SegmentLogContract {
        @TempDir Path directory;

        @Override
        protected SegmentLog open(SegmentLog.Options options) {
            return SegmentLog.open(directory, options);
        }
    }

    @Nested
    class SegmentLogInMemory extends SegmentLogContract {
        @Override
        protected SegmentLog open(SegmentLog.Options options) {
            return SegmentLog.inMemory(options);
        }
    }

    @Nested
    class KeyValueStoreInMemory extends KeyValueStoreContract {
        @Override
        protected KeyValueStore open() {
            return KeyValueStore.inMemory();
        }
    }
}
