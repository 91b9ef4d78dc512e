using System.Numerics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Validates <see cref="HostedExperimentMonitorOptions"/> at startup. Each message names the option, its value and its range.</summary>
/// <param name="configuration">The configuration of the application, whose keys messages name; null if the options are not bound from one.</param>
internal sealed class HostedExperimentMonitorOptionsValidator(IConfiguration? configuration = null) : IValidateOptions<HostedExperimentMonitorOptions>
{
    public ValidateOptionsResult Validate(string? name, HostedExperimentMonitorOptions options)
    {
        var failures = new OptionFailures<HostedExperimentMonitorOptions>(ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.MonitorSection));
        failures.Require(nameof(options.MaxExperiments), options.MaxExperiments, ExperimentMonitorOptionRanges.MaxExperiments);
        failures.Require(nameof(options.HostCount), options.HostCount, ExperimentMonitorOptionRanges.HostCount);
        failures.Require(nameof(options.SnapshotInterval), options.SnapshotInterval, HostedExperimentMonitorOptionRanges.SnapshotInterval);
        RequirePowerOfTwo(nameof(options.MaxSubjectSlots), options.MaxSubjectSlots, ExperimentMonitorOptionRanges.MaxSubjectSlots);
        RequirePowerOfTwo(nameof(options.MaxImmatureSubjects), options.MaxImmatureSubjects, ExperimentMonitorOptionRanges.MaxImmatureSubjects);

        CheckFile(options, failures);
        foreach (var attribute in options.SegmentAttributes)
        {
            if (string.IsNullOrWhiteSpace(attribute))
            {
                failures.Add(nameof(options.SegmentAttributes), $"has an empty name; name exposure attributes that are known before the variant is assigned.");
            }
        }

        return failures.Result;

        void RequirePowerOfTwo(string option, int value, OptionRange<int> range)
        {
            if (!range.Contains(value) || !BitOperations.IsPow2(value))
            {
                failures.Add(option, value, $"is {value}; it must be a power of 2 {range}.");
            }
        }
    }

    private static void CheckFile(HostedExperimentMonitorOptions options, OptionFailures<HostedExperimentMonitorOptions> failures)
    {
        if (options.SnapshotFile is not { } file)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(file))
        {
            failures.Add(nameof(options.SnapshotFile), $"is empty; it must be the path of a file, or null to keep nothing.");
        }
        else if (Directory.Exists(file))
        {
            failures.Add(nameof(options.SnapshotFile), $"is '{file}', which is a folder; it must be the path of a file.");
        }
        else if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
        {
            failures.Add(nameof(options.SnapshotFile), $"is '{file}', whose folder does not exist; create it.");
        }
    }
}
