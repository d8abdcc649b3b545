package dev.naru.bigquery.mart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.Dataset;
import dev.naru.bigquery.ActionNeededFailure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessEntriesTest {

  @ParameterizedTest
  @CsvSource({
    "roles/bigquery.dataViewer,group:A@example.com,READER,groupByEmail,a@example.com",
    "roles/bigquery.dataEditor,user:a@example.com,WRITER,userByEmail,A@example.com",
    "roles/bigquery.dataOwner,serviceAccount:s@p.iam.gserviceaccount.com,OWNER,userByEmail,s@p.iam.gserviceaccount.com",
    "READER,domain:example.com,roles/bigquery.dataViewer,domain,example.com",
    "roles/bigquery.dataViewer,allAuthenticatedUsers,READER,specialGroup,allAuthenticatedUsers",
    "roles/bigquery.metadataViewer,allUsers,roles/bigquery.metadataViewer,iamMember,allUsers"
  })
  void aGrantThatIsThereIsNotAddedAgain(
      String role, String member, String has, String field, String value) {
    var grant = new DatasetSpec.Access(role, member);
    var access = new ArrayList<Dataset.Access>();
    assertThat(AccessEntries.add(access, grant)).isTrue();
    assertThat(AccessEntries.add(access, grant)).isFalse();

    var existing = new Dataset.Access();
    existing.set("role", has);
    existing.set(field, value);
    assertThat(AccessEntries.add(new ArrayList<>(List.of(existing)), grant)).isFalse();
    existing.set("role", "roles/other");
    assertThat(AccessEntries.add(new ArrayList<>(List.of(existing)), grant)).isTrue();
  }

  @Test
  void whatIsNoMemberIsNamed() {
    assertThatThrownBy(
            () ->
                AccessEntries.add(
                    new ArrayList<>(), new DatasetSpec.Access("READER", "robot:x@example.com")))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("'robot:x@example.com' is no member");
  }
}
