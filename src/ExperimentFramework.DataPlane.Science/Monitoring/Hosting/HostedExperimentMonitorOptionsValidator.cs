using System.Numerics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Validates <see cref="HostedExperimentMonitorOptions"/> at startup. Each message names the option, its value and its range.</summary>
/// <param name="configuration">The configuration of the application, whose keys appear in messages; null if the options are not bound from one.</param>
internal sealed class HostedExperimentMonitorOptionsValidator(IConfiguration? configuration = null) : IValidateOptions<HostedExperimentMonitorOptions>
{
    public ValidateOptionsResult Validate(string? name, HostedExperimentMonitorOptions options)
    {
        var failures = new OptionFailures<HostedExperimentMonitorOptions>(ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.MonitorSection));
        failures.Require(nameof(options.MaxExperiments), options.MaxExperiments, ExperimentMonitorOptionRanges.MaxExperiments);
        failures.Require(nameof(options.HostCount), options.HostCount, ExperimentMonitorOptionRanges.HostCount);
        failures.Require(nameof(options.SnapshotInterval), options.SnapshotInterval, HostedExperimentMonitorOptionRanges.SnapshotInterval);
        failures.Require(nameof(options.MaxLedgerFileSize), options.MaxLedgerFileSize, HostedExperimentMonitorOptionRanges.MaxLedgerFileSize);
        RequirePowerOfTwo(nameof(options.MaxSubjectSlots), options.MaxSubjectSlots, ExperimentMonitorOptionRanges.MaxSubjectSlots);
        RequirePowerOfTwo(nameof(options.MaxImmatureSubjects), options.MaxImmatureSubjects, ExperimentMonitorOptionRanges.MaxImmatureSubjects);

        CheckFile(nameof(options.SnapshotFile), options.SnapshotFile, failures);
        CheckFile(nameof(options.LedgerFile), options.LedgerFile, failures);
        if (options is { SnapshotFile: { Length: > 0 } snapshot, LedgerFile: { Length: > 0 } ledger } && IsSameFile(snapshot, ledger))
        {
            failures.Add(nameof(options.LedgerFile), $"is '{ledger}', which is also the SnapshotFile; use a different file for each.");
        }

        foreach (var attribute in options.SegmentAttributes)
        {
            if (string.IsNullOrWhiteSpace(attribute))
            {
                failures.Add(nameof(options.SegmentAttributes), $"has an empty name; use the names of exposure attributes that are known before the variant is assigned.");
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

    private static bool IsSameFile(string first, string second) => string.Equals(
        Path.GetFullPath(first), Path.GetFullPath(second), OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private static void CheckFile(string option, string? file, OptionFailures<HostedExperimentMonitorOptions> failures)
    {
        if (file is null)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(file))
        {
            failures.Add(option, $"is empty; it must be the path of a file, or null to keep nothing.");
        }
        else if (Directory.Exists(file))
        {
            failures.Add(option, $"is '{file}', which is a folder; it must be the path of a file.");
        }
        else if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
        {
            failures.Add(option, $"is '{file}', whose folder does not exist; create it.");
        }
    }
}
