package io.culvert.server.authentication;

import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import java.util.concurrent.CompletionStage;

/** Turns a one-time token, or a user name and password, into a node certificate. Thread-safe. */
public interface NodeEnrolment {
  /** Never fails: every error is a refusal in the reply. */
  CompletionStage<EnrollReply> enrol(EnrollRequest request);
}
