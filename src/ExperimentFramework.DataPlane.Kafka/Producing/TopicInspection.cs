using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>What the brokers report about topics.</summary>
/// <param name="Partitions">The partitions of all topics.</param>
/// <param name="Missing">A topic that does not exist; null if all do.</param>
/// <param name="Error">Why the topics cannot be used; null if they can.</param>
internal readonly record struct TopicInspection(IReadOnlyList<TopicPartition> Partitions, string? Missing, Error? Error)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Queries any of the brokers, through the connections of a producer, and ends its use. The client's asynchronous call would query the controller, which is not needed to deliver events.
    /// </summary>
    public static async Task<TopicInspection> OfAsync(SharedProducer producer, IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        var inspection = default(TopicInspection);
        await BackgroundWork.Run(() =>
        {
            try
            {
                inspection = Of(producer.Client.Handle, topics, Timeout);
                return Task.CompletedTask;
            }
            finally
            {
                producer.Release();
            }
        }).WaitAsync(cancellationToken).ConfigureAwait(false);
        return inspection;
    }

    /// <summary>Queries any of the brokers, through the connections of a client, and blocks until it answers.</summary>
    public static TopicInspection Of(Handle client, IEnumerable<string> topics, TimeSpan timeout)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(client).Build();
            var partitions = new List<TopicPartition>();
            string? missing = null;
            foreach (var topic in topics.SelectMany(name => admin.GetMetadata(name, timeout).Topics))
            {
                if (topic.Error.Code is ErrorCode.UnknownTopicOrPart)
                {
                    missing ??= topic.Topic;
                }
                else if (topic.Error.IsError && topic.Error.Code is not ErrorCode.LeaderNotAvailable)
                {
                    // A topic that is just being created has no leader yet.
                    return new TopicInspection([], null, topic.Error);
                }

                partitions.AddRange(topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)));
            }

            return new TopicInspection(partitions, missing, null);
        }
        catch (KafkaException exception)
        {
            return new TopicInspection([], null, exception.Error);
        }
        catch (ObjectDisposedException)
        {
            return new TopicInspection([], null, new Error(ErrorCode.Local_Destroy));
        }
    }
}
