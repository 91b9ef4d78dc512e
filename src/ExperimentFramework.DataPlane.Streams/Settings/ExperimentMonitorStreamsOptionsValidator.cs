using ExperimentFramework.DataPlane.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Validates <see cref="ExperimentMonitorStreamsOptions"/> at start-up. No message quotes the value of a setting, which may be a password.</summary>
/// <param name="configuration">The configuration of the application, whose keys messages name; null if the options are not bound from one.</param>
internal sealed class ExperimentMonitorStreamsOptionsValidator(IConfiguration? configuration = null) : IValidateOptions<ExperimentMonitorStreamsOptions>
{
    public ValidateOptionsResult Validate(string? name, ExperimentMonitorStreamsOptions options)
    {
        var failures = new OptionFailures<ExperimentMonitorStreamsOptions>(ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.StreamsSection));
        Add(nameof(options.BootstrapServers), BrokerAddresses.Error(options.BootstrapServers));
        Add(nameof(options.Topic), TopicNames.Error(options.Topic));
        Add(nameof(options.SignalsTopic), TopicNames.Error(options.SignalsTopic) ?? (options.SignalsTopic == options.Topic ? $"is '{options.Topic}', which is the topic of the events; it must be another one." : null));
        Add(nameof(options.ApplicationId), TopicNames.Error(options.ApplicationId));
        Add(nameof(options.StateFolder), StateFolderError(options.StateFolder));
        failures.Require(nameof(options.ReportInterval), options.ReportInterval, ExperimentMonitorStreamsOptionRanges.ReportInterval);
        failures.Require(nameof(options.MaxExperiments), options.MaxExperiments, ExperimentMonitorStreamsOptionRanges.MaxExperiments);
        if (options.ReplicationFactor is { } replicas)
        {
            failures.Require(nameof(options.ReplicationFactor), replicas, ExperimentMonitorStreamsOptionRanges.ReplicationFactor);
        }

        if (options.SegmentAttributes.Any(string.IsNullOrWhiteSpace))
        {
            Add(nameof(options.SegmentAttributes), "has an empty name; use the names of exposure attributes that are known before the variant is assigned.");
        }

        foreach (var error in StreamsSettings.Errors(options.Settings))
        {
            Add(nameof(options.Settings), error);
        }

        return failures.Result;

        void Add(string option, string? error)
        {
            if (error is not null)
            {
                failures.Add(option, $"{error}");
            }
        }
    }

    private static string? StateFolderError(string? folder) =>
        folder is null ? null
        : string.IsNullOrWhiteSpace(folder) ? "is empty; it must be the path of a folder, or null to keep the state in memory."
        : File.Exists(folder) ? $"is '{folder}', which is a file; it must be the path of a folder."
        : null;
}
