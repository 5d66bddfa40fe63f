package dev.orrery.bench;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.orrery.query.Trespasser;
import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * No module uses what the house does not let it use. It stands here because {@code bench} is on
 * top: it is the one module whose tests have every other on their path.
 */
class HouseTest {

    private static final JavaClasses SHIPPED =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.orrery");

    @Test
    void everyClassUsesOnlyWhatItsModuleMay() {
        assertThat(House.trespasses(SHIPPED)).isEmpty();
    }

    @Test
    void everyDescriptorRequiresOnlyWhatItsModuleMay() {
        var trespasses = new TreeSet<String>();
        descriptors().forEach(descriptor -> trespasses.addAll(House.trespasses(descriptor)));
        assertThat(trespasses).isEmpty();
    }

    @Test
    void everyModuleOfTheHouseIsSeen() {
        assertThat(
                        SHIPPED.stream()
                                .map(JavaClass::getPackageName)
                                .map(House::moduleOf)
                                .flatMap(Optional::stream)
                                .collect(toSet()))
                .isEqualTo(House.modules());
        assertThat(descriptors()).hasSameSizeAs(House.modules());
    }

    @Test
    void aClassThatReachesPastTheHouseIsFound() {
        var planted = new ClassFileImporter().importClasses(Trespasser.class);
        assertThat(House.trespasses(planted))
                .hasSize(2)
                .anyMatch(line -> line.contains("dev.orrery.cli.Command"))
                .anyMatch(line -> line.contains("com.tngtech.archunit"));
    }

    @Test
    void aDescriptorThatReachesPastTheHouseIsFound() {
        var planted =
                ModuleDescriptor.newModule("dev.orrery.view")
                        .requires("dev.orrery.core")
                        .requires("dev.orrery.sql")
                        .build();
        assertThat(House.trespasses(planted)).containsExactly("view requires sql");
    }

    private static Set<ModuleDescriptor> descriptors() {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getProperty("java.class.path"))
                .map(Path::of)
                .filter(Files::exists)
                .filter(path ->
                        path.toString().contains("orrery-")
                                || Files.isRegularFile(path.resolve("module-info.class")))
                .flatMap(path -> ModuleFinder.of(path).findAll().stream())
                .map(ModuleReference::descriptor)
                .filter(descriptor -> descriptor.name().startsWith("dev.orrery."))
                .collect(toSet());
    }
}
