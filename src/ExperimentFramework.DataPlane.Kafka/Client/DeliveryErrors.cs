using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// What the errors of the protocol (<see href="https://kafka.apache.org/protocol#protocol_error_codes">error codes</see>) mean for events. An error that is not listed says nothing about
/// an event: a refused password or a missing topic must not throw events away.
/// </summary>
internal static class DeliveryErrors
{
    /// <summary>Whether the brokers permanently refuse the event, or another one in the same request.</summary>
    /// <param name="code">The error.</param>
    /// <param name="hasKey">
    /// Whether the event has a key. A compacted topic refuses an event without one as an invalid record; with one, it is the topic's own validation that refuses, and it would refuse all events.
    /// </param>
    /// <remarks>A refused timestamp is the time of sending: it means that the clock of this machine is wrong, and says nothing about the event.</remarks>
    public static bool IsAboutTheEvent(ErrorCode code, bool hasKey) =>
        code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.RecordListTooLarge || (code is ErrorCode.InvalidRecord && !hasKey);

    /// <summary>Whether the producer has failed fatally: it can no longer number messages, so that brokers would no longer recognize duplicates.</summary>
    public static bool IsFatal(Error error) => error.IsFatal || error.Code == ErrorCode.Local_Fatal;
}
