using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// What the client reports about its connections. If a password or certificate is refused, the report about an event only says that it timed out; the reason is reported separately, through
/// the client's error handler.
/// </summary>
/// <param name="target">The topic and the brokers, for messages.</param>
/// <param name="secrets">The values that no message may show.</param>
internal sealed class ClientFaults(string target, IEnumerable<string> secrets)
{
    private readonly string[] _secrets = [.. secrets.Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length)];
    private string? _reason;

    /// <summary>Why connections fail; null if they do not.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Called by the client, on its own thread.</summary>
    public void OnError(Error error)
    {
        // That all brokers are down follows from the previous error, which says why.
        if (error.Code != ErrorCode.Local_AllBrokersDown || Reason is null)
        {
            Volatile.Write(ref _reason, TextOf(error));
        }
    }

    /// <summary>Called when an event was delivered or read.</summary>
    public void OnSucceeded()
    {
        if (Reason is not null)
        {
            Volatile.Write(ref _reason, null);
        }
    }

    /// <summary>Returns an exception for events that the brokers did not accept, with the reason that the client gave.</summary>
    public Exception Translate(Error error) => SafeText.Own(new IOException($"{target} does not accept events: {Explain(error)}.{Remedy(error.Code)}"));

    /// <summary>Returns an exception for events that cannot be read, with the reason that the client gave.</summary>
    public Exception Unreadable(Error error) => Unreadable($"{Explain(error)}.{ReadingRemedy(error.Code)}");

    /// <summary>Returns an exception for events that cannot be read.</summary>
    public Exception Unreadable(string reason) => SafeText.Own(new IOException($"{target} cannot be read: {reason}"));

    /// <summary>Returns an exception for an event that the brokers will never accept.</summary>
    public Exception Rejection(Error error) =>
        SafeText.Own(new EventRejectedException($"{target} rejects an event: {TextOf(error).TrimEnd('.')}.{Remedy(error.Code)}"));

    /// <summary>Returns a text with the secrets removed.</summary>
    public string Redact(string text) => _secrets.Aggregate(text, static (current, secret) => current.Replace(secret, "***", StringComparison.Ordinal));

    private static bool IsConsequence(ErrorCode code) =>
        code is ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_QueueFull;

    private static string Remedy(ErrorCode code) => code switch
    {
        ErrorCode.MsgSizeTooLarge => " Lower KafkaDataBackplaneOptions.MaxMessageBytes to the topic's max.message.bytes, or raise both.",
        ErrorCode.InvalidTimestamp => " Correct the clock of this machine, or the topic's message.timestamp.before.max.ms and message.timestamp.after.max.ms.",
        ErrorCode.InvalidRecord => " Turn the topic's validation of records off; a compacted topic refuses events without a subject.",
        ErrorCode.TopicAuthorizationFailed => " Grant the client WRITE and DESCRIBE on the topic.",
        ErrorCode.ClusterAuthorizationFailed => " Grant the client IDEMPOTENT_WRITE on the cluster.",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => " Create the topic.",
        _ => "",
    };

    private static string ReadingRemedy(ErrorCode code) => code switch
    {
        ErrorCode.TopicAuthorizationFailed => " Grant the client READ and DESCRIBE on the topic.",
        ErrorCode.GroupAuthorizationFailed => " Grant the client READ on the group.",
        ErrorCode.OffsetOutOfRange or ErrorCode.Local_AutoOffsetReset => " The topic's retention has deleted events that were not read: read from a position that is there, or set auto.offset.reset to earliest to pass over them.",
        _ => "",
    };

    /// <summary>The text of an error, with its cause if the client reported one.</summary>
    private string Explain(Error error) => (Reason is { } known && IsConsequence(error.Code) ? $"{TextOf(error)}. {known}" : TextOf(error)).TrimEnd('.');

    private string TextOf(Error error) => Redact(error.Reason);
}
