using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Checks <see cref="KafkaDataBackplaneOptions"/> at start-up. No message quotes the value of a setting, which may be a password.</summary>
internal sealed class KafkaDataBackplaneOptionsValidator : IValidateOptions<KafkaDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, KafkaDataBackplaneOptions options) => OptionFailures.Result([.. Errors(options)]);

    /// <summary>What is wrong with the options, one message per mistake.</summary>
    public static IEnumerable<string> Errors(KafkaDataBackplaneOptions options)
    {
        if (BrokerAddresses.Error(options.BootstrapServers) is { } servers)
        {
            yield return $"KafkaDataBackplaneOptions.{nameof(options.BootstrapServers)} {servers}";
        }

        if (TopicNames.Error(options.Topic) is { } topic)
        {
            yield return $"KafkaDataBackplaneOptions.{nameof(options.Topic)} {topic}";
        }

        if (!Enum.IsDefined(options.Format))
        {
            yield return $"KafkaDataBackplaneOptions.{nameof(options.Format)} is {options.Format:D}; it must be one of {string.Join(", ", Enum.GetNames<EventFormat>())}.";
        }

        if (!KafkaDataBackplaneOptionRanges.Linger.Contains(options.Linger))
        {
            yield return $"KafkaDataBackplaneOptions.{nameof(options.Linger)} is {options.Linger}; it must be {KafkaDataBackplaneOptionRanges.Linger}.";
        }

        if (!KafkaDataBackplaneOptionRanges.MaxMessageBytes.Contains(options.MaxMessageBytes))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"KafkaDataBackplaneOptions.{nameof(options.MaxMessageBytes)} is {options.MaxMessageBytes}; it must be {KafkaDataBackplaneOptionRanges.MaxMessageBytes}.");
        }

        if (!KafkaDataBackplaneOptionRanges.StatisticsInterval.Contains(options.StatisticsInterval))
        {
            yield return $"KafkaDataBackplaneOptions.{nameof(options.StatisticsInterval)} is {options.StatisticsInterval}; it must be {KafkaDataBackplaneOptionRanges.StatisticsInterval}.";
        }

        foreach (var error in ClientSettings.ProducerErrors(options.Settings))
        {
            yield return $"KafkaDataBackplaneOptions.{nameof(options.Settings)} {error}";
        }
    }
}
