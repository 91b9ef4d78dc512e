using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Finds out before the engine starts what it would fail at later, without saying why.</summary>
internal static class TopicCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Requires that the topics of events and of signals exist, and that the internal ones have as many partitions as the events if they do.</summary>
    /// <exception cref="InvalidOperationException">They do not, or no broker answers.</exception>
    public static void Require(IAdminClient client, ExperimentMonitorStreamsOptions options)
    {
        var topics = Find(client);
        var events = PartitionsOf(nameof(options.Topic), options.Topic!);
        PartitionsOf(nameof(options.SignalsTopic), options.SignalsTopic!);
        foreach (var name in InternalTopics.Of(options.ApplicationId))
        {
            if (topics.TryGetValue(name, out var partitions) && partitions != events)
            {
                throw SafeText.Own(new InvalidOperationException(
                    $"The topic '{name}' has {partitions} partitions, but '{options.Topic}' has {events}, so subjects may be in other partitions than before. Set another ExperimentMonitorStreamsOptions.{nameof(options.ApplicationId)}, with which all subjects are counted from zero."));
            }
        }

        int PartitionsOf(string option, string topic) => topics.TryGetValue(topic, out var partitions)
            ? partitions
            : throw SafeText.Own(new InvalidOperationException(
                $"The topic '{topic}' of ExperimentMonitorStreamsOptions.{option} does not exist, or this client may not see it. Create it, or grant DESCRIBE on it."));
    }

    private static Dictionary<string, int> Find(IAdminClient client)
    {
        try
        {
            return client.GetMetadata(Patience).Topics.Where(static topic => !topic.Error.IsError).ToDictionary(static topic => topic.Topic, static topic => topic.Partitions.Count, StringComparer.Ordinal);
        }
        catch (KafkaException exception)
        {
            throw SafeText.Own(new InvalidOperationException(
                $"No broker of ExperimentMonitorStreamsOptions.{nameof(ExperimentMonitorStreamsOptions.BootstrapServers)} answers: {exception.Error.Reason}. Check that they run, that this client may reach them, and its security settings.", exception));
        }
    }
}
