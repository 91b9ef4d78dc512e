using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Diagnostics;

/// <summary>A log message, as its <see cref="LoggerMessageAttribute"/> declares it.</summary>
internal sealed record LogMessage(int Id, string? Name, string Level, string? Category, string Text, string Type);

/// <summary>All log messages of all packages, read from their sources, and the reference page of them.</summary>
internal static partial class LogMessages
{
    /// <summary>Types whose loggers have another category than their folder's.</summary>
    private static readonly Dictionary<string, string> CategoryByType = new()
    {
        ["BackplaneDisposal"] = DataPlaneLogCategories.Delivery,
        ["ConfigurationSnapshot"] = DataPlaneLogCategories.Assignment,
        ["ConfigurationValue"] = DataPlaneLogCategories.Assignment,
        ["EventUpkeep"] = DataPlaneLogCategories.Delivery,
        ["ExperimentMonitorService"] = DataPlaneLogCategories.Monitoring,
        ["MonitorSession"] = DataPlaneLogCategories.Monitoring,
        ["FileAnalysisLedger"] = DataPlaneLogCategories.Monitoring,
        ["LiveUpdates"] = DataPlaneLogCategories.Monitoring,
        ["ResultLooks"] = DataPlaneLogCategories.Monitoring,
        ["ExperimentMonitorStreamsService"] = DataPlaneLogCategories.Monitoring,
        ["ReadPositions"] = DataPlaneLogCategories.Monitoring,
        ["SignalLog"] = DataPlaneLogCategories.Monitoring,
        ["StreamsMonitor"] = DataPlaneLogCategories.Monitoring,
        ["LoggingDataBackplane"] = typeof(LoggingDataBackplane).FullName!,
        ["ValidatingEventPublisher"] = DataPlaneLogCategories.Delivery,
        ["WorkerFaults"] = DataPlaneLogCategories.Delivery,
    };

    private static readonly Dictionary<string, string> CategoryByFolder = new()
    {
        ["Assignment"] = DataPlaneLogCategories.Assignment,
        ["Configuration"] = DataPlaneLogCategories.Startup,
        ["Conversion"] = DataPlaneLogCategories.Delivery,
        ["Delivery"] = DataPlaneLogCategories.Delivery,
        ["EventTables"] = DataPlaneLogCategories.Delivery,
        ["Experiments"] = DataPlaneLogCategories.Exposure,
        ["Files"] = DataPlaneLogCategories.Delivery,
        ["Metrics"] = DataPlaneLogCategories.Exposure,
        ["Exposure"] = DataPlaneLogCategories.Exposure,
        ["Otlp"] = DataPlaneLogCategories.Delivery,
        ["Privacy"] = DataPlaneLogCategories.Privacy,
        ["Client"] = DataPlaneLogCategories.Delivery,
        ["Proxies"] = DataPlaneLogCategories.Exposure,
        ["Registration"] = DataPlaneLogCategories.Startup,
    };

    public static IReadOnlyList<LogMessage> All { get; } = [.. Sources().SelectMany(Read).OrderBy(message => message.Id)];

    /// <summary>docs/reference/log-messages.md.</summary>
    public static string Page => $"""
        # Log messages

        The category, id and name of a message are contracts: filter and alert by them. Texts may change.

        Filter by category in the configuration. This keeps the summary of each experiment out of the log, and all warnings in it:

        ```json
        {"{"} "Logging": {"{"} "LogLevel": {"{"} "{DataPlaneLogCategories.Startup}": "Warning" {"}"} {"}"} {"}"}
        ```

        The categories are constants of `DataPlaneLogCategories`. The one exception is the logging backplane, a destination that writes the events themselves:
        its category is its own name, so that filtering messages filters no events.

        {string.Join("\n\n", All.GroupBy(message => message.Category).OrderBy(group => group.Key, StringComparer.Ordinal).Select(Section))}

        """;

    /// <summary>Fails if a record of the data plane differs from its declaration in id, name, level or category.</summary>
    public static IReadOnlyList<FakeLogRecord> Checked(IReadOnlyList<FakeLogRecord> records)
    {
        foreach (var record in records.Where(record => record.Category!.StartsWith("ExperimentFramework.DataPlane.", StringComparison.Ordinal)))
        {
            Assert.Contains(All, message =>
                (message.Id, message.Name, message.Level, message.Category) == (record.Id.Id, record.Id.Name, record.Level.ToString(), record.Category));
        }

        return records;
    }

    /// <summary>How many attributes the sources have, whether or not <see cref="Read"/> understands them.</summary>
    public static int CountAttributes() => Sources().Sum(file => File.ReadAllText(file).Split("[LoggerMessage(").Length - 1);

    private static string Section(IGrouping<string?, LogMessage> messages) =>
        $"## {messages.Key}\n\n| Id | Name | Level | Text |\n| --- | --- | --- | --- |\n"
        + string.Join('\n', messages.Select(message => $"| {message.Id} | {message.Name} | {message.Level} | {message.Text.Replace("|", "\\|").Replace("<", "&lt;")} |"));

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Repository.Sources, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static IEnumerable<LogMessage> Read(string file)
    {
        var type = Path.GetFileNameWithoutExtension(file);
        var folder = Path.GetRelativePath(Repository.Sources, file).Split(Path.DirectorySeparatorChar)[1];
        var category = CategoryByType.GetValueOrDefault(type) ?? CategoryByFolder.GetValueOrDefault(folder);
        return Attributes().Matches(File.ReadAllText(file)).Select(match => new LogMessage(
            int.Parse(match.Groups["id"].Value),
            match.Groups["name"] is { Success: true } name ? name.Value : null,
            match.Groups["level"].Value,
            category,
            Regex.Unescape(match.Groups["text"].Value),
            type));
    }

    [GeneratedRegex("""\[LoggerMessage\((?<id>\d+), LogLevel\.(?<level>\w+),\s*"(?<text>(?:[^"\\]|\\.)*)"(?:,\s*SkipEnabledCheck = true)?(?:,\s*EventName = "(?<name>\w+)")?\)\]""")]
    private static partial Regex Attributes();
}
