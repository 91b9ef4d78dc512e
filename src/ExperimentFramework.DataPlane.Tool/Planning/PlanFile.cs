using System.Globalization;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// A plan as a file: a JSON object with the settings of the plan by name, and <c>version</c>, <c>owner</c> and <c>hash</c>. A setting that is left out has its default; the hash is checked if it is there.
/// </summary>
internal static class PlanFile
{
    private const string Version = "version";
    private const string Owner = "owner";
    private const string Hash = "hash";

    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        [PlanSettings.Control] = VariantKeys.Control,
        [PlanSettings.Alpha] = "0.05",
        [PlanSettings.Sides] = "2",
        [PlanSettings.Power] = "0.8",
        [PlanSettings.Looks] = LookSchedule.AlwaysValid.ToString(),
        [PlanSettings.MinimumRunTime] = "00:00:00",
        [PlanSettings.Source] = nameof(MetricSource.Metric),
        [PlanSettings.Aggregation] = nameof(MetricAggregation.Any),
        [PlanSettings.Scale] = nameof(MetricScale.Linear),
        [PlanSettings.Estimator] = nameof(MetricEstimator.Automatic),
    };

    private static readonly string[] OfMetrics =
        [PlanSettings.Source, PlanSettings.Window, PlanSettings.Aggregation, PlanSettings.Cap, PlanSettings.Scale, PlanSettings.Estimator, PlanSettings.Baseline, PlanSettings.StandardDeviation];

    private static readonly string[] Known =
        [.. Defaults.Keys, .. OfMetrics, PlanSettings.Experiment, PlanSettings.Metric, PlanSettings.MinimumEffect, PlanSettings.EndsAt, Version, Owner, Hash];

    /// <summary>Reads a plan.</summary>
    /// <exception cref="CommandException">The file cannot be read or is no plan; the message names file, setting and remedy.</exception>
    public static AnalysisPlan Read(string path)
    {
        PathArgument.Full(path, "The name of the plan");
        try
        {
            // Editors may put a byte order mark before the text.
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var setting in json.RootElement.EnumerateObject())
            {
                if (!settings.TryAdd(setting.Name, Text(setting)))
                {
                    throw new FormatException($"It has the setting '{setting.Name}' twice: remove one.");
                }
            }

            return Of(settings);
        }
        catch (JsonException exception)
        {
            throw new CommandException($"'{path}' is no JSON: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            throw new CommandException($"'{path}' is no plan. {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The plan '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Makes a plan of settings.</summary>
    /// <exception cref="FormatException">A setting is missing, unknown or no value of it, or the hash is that of another plan.</exception>
    public static AnalysisPlan Of(IReadOnlyDictionary<string, string> given)
    {
        foreach (var name in given.Keys)
        {
            if (!Known.Contains(name, StringComparer.Ordinal) && !IsOfList(name))
            {
                throw new FormatException($"The setting '{name}' is not known; there are {string.Join(", ", Known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}, segment:NAME, and those of a metric with a colon and its name.");
            }
        }

        foreach (var (name, value) in given)
        {
            if (IsDuration(name) && DurationValidator.AmbiguityOf(value) is { } ambiguity)
            {
                throw new FormatException($"The setting '{name}' {ambiguity}");
            }
        }

        foreach (var name in given.Keys.Where(static name => IsOfList(name) && MetricOf(name) is not null))
        {
            if (MetricOf(name) == given.GetValueOrDefault(PlanSettings.Metric))
            {
                throw new FormatException($"The setting '{name}' is of the primary metric: write '{name[..name.IndexOf(':')]}', without a colon and its name.");
            }

            if (!given.ContainsKey($"{PlanSettings.Window}:{MetricOf(name)}"))
            {
                throw new FormatException($"The setting '{name}' is of a metric without a window. Add '{PlanSettings.Window}:{MetricOf(name)}': how long after its first exposure a subject's values count.");
            }
        }

        var settings = new Dictionary<string, string>(Defaults, StringComparer.Ordinal);
        foreach (var metric in given.Keys.Where(static name => name.StartsWith(PlanSettings.Window + ":", StringComparison.Ordinal)).Select(static name => name[PlanSettings.Window.Length..]))
        {
            foreach (var name in OfMetrics.Where(Defaults.ContainsKey))
            {
                settings[name + metric] = Defaults[name];
            }
        }

        foreach (var (name, value) in given)
        {
            settings[name] = value;
        }

        var version = 1;
        if (given.TryGetValue(Version, out var text) && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version))
        {
            throw new FormatException($"The version '{text}' must be a whole number of at least 1.");
        }

        var plan = new PlanSettingsReader(settings).Read(version, given.GetValueOrDefault(Owner));
        return given.TryGetValue(Hash, out var hash) && hash != plan.Hash
            ? throw new FormatException($"Its hash is {hash}, but its settings have {plan.Hash}: it was changed after it was made. Restore it, or remove the hash and raise the version.")
            : plan;
    }

    /// <summary>Writes a plan.</summary>
    public static void Write(Utf8JsonWriter json, AnalysisPlan plan)
    {
        foreach (var (name, value) in plan.ToSettings())
        {
            json.WriteString(name, value);
        }

        json.WriteNumber(Version, plan.Version);
        if (plan.Owner is { } owner)
        {
            json.WriteString(Owner, owner);
        }

        json.WriteString(Hash, plan.Hash);
    }

    private static bool IsDuration(string name) => name is PlanSettings.MinimumRunTime or PlanSettings.Window || name.StartsWith(PlanSettings.Window + ":", StringComparison.Ordinal);

    private static bool IsOfList(string name)
    {
        var colon = name.IndexOf(':');
        return colon > 0 && (name[..colon] == PlanSettings.Segment || OfMetrics.Contains(name[..colon], StringComparer.Ordinal));
    }

    /// <summary>Returns the metric that a setting with a colon is of; null for a segment.</summary>
    private static string? MetricOf(string name) => name.StartsWith(PlanSettings.Segment + ":", StringComparison.Ordinal) ? null : name[(name.IndexOf(':') + 1)..];

    private static string Text(JsonProperty setting) => setting.Value.ValueKind switch
    {
        JsonValueKind.String => setting.Value.GetString()!,
        JsonValueKind.Number => setting.Value.GetRawText(),
        var kind => throw new FormatException($"The setting '{setting.Name}' must be a text or a number; it is {kind switch
        {
            JsonValueKind.Null => "null: leave it out",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            JsonValueKind.Array => "a list",
            _ => "an object",
        }}."),
    };
}
