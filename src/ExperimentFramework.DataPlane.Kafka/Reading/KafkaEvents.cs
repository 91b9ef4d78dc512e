using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// Reads events from topics that <see cref="KafkaDataBackplane"/> writes, or others with envelopes as JSON or with CloudEvents in binary or structured mode. The events of a partition, and
/// therefore those of a subject, are returned in order; there is no order among partitions. An event that was delivered twice is returned twice, with the same
/// <see cref="DataPlaneEnvelope.EventId"/>.
/// </summary>
public static class KafkaEvents
{
    /// <summary>Reads a topic.</summary>
    /// <param name="bootstrapServers">The addresses of one or more brokers, for example <c>broker1:9092,broker2:9092</c>.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="options">How to read; null for the defaults: all events, until the present end of the topic.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentException"><paramref name="bootstrapServers"/> or <paramref name="topic"/> is null or not valid, or an option is.</exception>
    /// <exception cref="InvalidOperationException">The client refuses a setting, or its native library is too old. Thrown, as the following, while reading.</exception>
    /// <exception cref="InvalidDataException">A message is not an event, and <see cref="KafkaReadingOptions.OnUnreadableMessage"/> is not set; the message names topic, partition, offset and field.</exception>
    /// <exception cref="IOException">
    /// The brokers gave no answer for <see cref="KafkaReadingOptions.Timeout"/> or refuse the client, a topic does not exist, or a position is not in its partition; the message says which.
    /// </exception>
    public static IAsyncEnumerable<KafkaStoredEvent> ReadAsync(
        string bootstrapServers, string topic, KafkaReadingOptions? options = null, CancellationToken cancellationToken = default) =>
        ReadAsync(bootstrapServers, [topic], options, cancellationToken);

    /// <summary>Reads several topics, such as those of <see cref="KafkaDataBackplaneOptions.TopicPerEventType"/>.</summary>
    /// <param name="bootstrapServers">The addresses of one or more brokers, for example <c>broker1:9092,broker2:9092</c>.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="options">How to read; null for the defaults: all events, until the present end of each topic.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentException"><paramref name="bootstrapServers"/> or <paramref name="topics"/> is null or not valid, or an option is.</exception>
    /// <exception cref="InvalidOperationException">The client refuses a setting, or its native library is too old. Thrown, as the following, while reading.</exception>
    /// <exception cref="InvalidDataException">A message is not an event, and <see cref="KafkaReadingOptions.OnUnreadableMessage"/> is not set; the message names topic, partition, offset and field.</exception>
    /// <exception cref="IOException">
    /// The brokers gave no answer for <see cref="KafkaReadingOptions.Timeout"/> or refuse the client, a topic does not exist, or a position is not in its partition; the message says which.
    /// </exception>
    public static IAsyncEnumerable<KafkaStoredEvent> ReadAsync(
        string bootstrapServers, IEnumerable<string> topics, KafkaReadingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bootstrapServers);
        ArgumentNullException.ThrowIfNull(topics);
        string[] all = [.. topics.Distinct(StringComparer.Ordinal)];
        options ??= new KafkaReadingOptions();
        Require(BrokerAddresses.Error(bootstrapServers), nameof(bootstrapServers));
        Require(all.Length == 0 ? "is empty; it must be the names of one or more topics." : all.Select(TopicNames.Error).FirstOrDefault(error => error is not null), nameof(topics));
        if (KafkaReadingOptionsValidator.Errors(options, all).FirstOrDefault() is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(options));
        }

        return EnumerateAsync(bootstrapServers, all, options, cancellationToken);
    }

    private static void Require(string? error, string name)
    {
        if (error is not null)
        {
            throw new ArgumentException($"{name} {error}", name);
        }
    }

    private static async IAsyncEnumerable<KafkaStoredEvent> EnumerateAsync(
        string bootstrapServers, string[] topics, KafkaReadingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = TopicReader.Create(bootstrapServers, topics, options);
        await using (reader.ConfigureAwait(false))
        {
            await reader.StartAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } stored)
            {
                yield return stored;
            }
        }
    }
}
