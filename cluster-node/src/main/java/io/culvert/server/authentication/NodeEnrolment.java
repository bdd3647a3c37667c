package io.culvert.server.authentication;

import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.server.admission.Origin;
import java.util.concurrent.CompletionStage;

/** Turns a one-time token, or a user name and password, into a node certificate. Thread-safe. */
public interface NodeEnrolment {
  /**
   * Never fails: every error is a refusal in the reply.
   *
   * @param origin where the request comes from: wrong passwords are counted
   */
  CompletionStage<EnrollReply> enrol(EnrollRequest request, Origin origin);
}
