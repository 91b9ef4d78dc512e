using System.Globalization;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Checks <see cref="KafkaReadingOptions"/>. No message quotes the value of a setting, which may be a password.</summary>
internal static class KafkaReadingOptionsValidator
{
    /// <summary>Returns the errors in the options, one message per mistake.</summary>
    public static IEnumerable<string> Errors(KafkaReadingOptions options, IReadOnlyCollection<string> topics)
    {
        if (!KafkaReadingOptionRanges.Timeout.Contains(options.Timeout))
        {
            yield return $"KafkaReadingOptions.{nameof(options.Timeout)} is {options.Timeout}; it must be {KafkaReadingOptionRanges.Timeout}.";
        }

        if (options.OrderByTime && options.Follow)
        {
            yield return $"KafkaReadingOptions.{nameof(options.OrderByTime)} and {nameof(options.Follow)} are both set; events that have not arrived yet may be earlier than those that have. Remove one of them.";
        }

        if (options.GroupId is { } group)
        {
            if (string.IsNullOrWhiteSpace(group))
            {
                yield return $"KafkaReadingOptions.{nameof(options.GroupId)} is empty; it must be the name of a consumer group, or null.";
            }

            if (!options.Follow)
            {
                yield return $"KafkaReadingOptions.{nameof(options.GroupId)} is set, but {nameof(options.Follow)} is not: the partitions of a group move among its members, so that no member knows its end. Set {nameof(options.Follow)}, or keep positions in {nameof(options.StartPositions)}.";
            }

            if (options.StartPositions.Count > 0)
            {
                yield return $"KafkaReadingOptions.{nameof(options.StartPositions)} and {nameof(options.GroupId)} are both set; a group begins at the positions that it has stored. Remove one of them.";
            }
        }

        foreach (var position in options.StartPositions)
        {
            if (!topics.Contains(position.Topic) || position.Partition < 0 || position.Offset < 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"KafkaReadingOptions.{nameof(options.StartPositions)} has topic '{position.Topic}', partition {position.Partition}, offset {position.Offset}; the topic must be one that is read, and neither number negative.");
            }
        }

        if (options.StartPositions.GroupBy(position => (position.Topic, position.Partition)).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"KafkaReadingOptions.{nameof(options.StartPositions)} has topic '{twice.Key.Topic}', partition {twice.Key.Partition} twice; it must have one position for a partition.");
        }

        foreach (var error in ConsumerSettings.Errors(options.Settings))
        {
            yield return $"KafkaReadingOptions.{nameof(options.Settings)} {error}";
        }
    }
}
