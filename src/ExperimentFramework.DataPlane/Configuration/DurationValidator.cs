using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Rejects durations that .NET parses as days although hours or seconds were probably meant: <c>24:00:00</c> is 24 days, and <c>30</c> is 30 days.
/// </summary>
internal static class DurationValidator
{
    /// <summary>Checks the section.</summary>
    /// <exception cref="InvalidOperationException">
    /// A duration is ambiguous or invalid; the message names its key, how .NET parses it and how to write it.
    /// </exception>
    public static void Check(IConfigurationSection section)
    {
        foreach (var name in new[]
        {
            nameof(DataPlaneOptions.RepeatWindow),
            nameof(DataPlaneOptions.FlushInterval),
            nameof(DataPlaneOptions.AccountingInterval),
            nameof(DataPlaneOptions.BlockTimeout),
            nameof(DataPlaneOptions.PublishTimeout),
            nameof(DataPlaneOptions.ShutdownTimeout),
            nameof(DataPlaneOptions.StoreTimeout),
            nameof(DataPlaneOptions.AssignmentCacheDuration),
        })
        {
            RequireUnambiguous(section.GetSection(name));
        }

        var retry = section.GetSection(nameof(DataPlaneOptions.Retry));
        RequireUnambiguous(retry.GetSection(nameof(RetryOptions.BaseDelay)));
        RequireUnambiguous(retry.GetSection(nameof(RetryOptions.MaxDelay)));
        foreach (var experiment in section.GetSection(nameof(DataPlaneOptions.Experiments)).GetChildren())
        {
            RequireUnambiguous(experiment.GetSection(nameof(ExperimentOptions.RepeatWindow)));
        }
    }

    /// <summary>Checks one value.</summary>
    /// <exception cref="InvalidOperationException">The duration is ambiguous or invalid; the message names its key, how .NET parses it and how to write it.</exception>
    public static void RequireUnambiguous(IConfigurationSection value)
    {
        if (string.IsNullOrEmpty(value.Value))
        {
            return;
        }

        if (!TimeSpan.TryParse(value.Value, CultureInfo.InvariantCulture, out _))
        {
            throw new InvalidOperationException(
                $"Configuration value '{value.Path}' is '{value.Value}', which is not a duration. Write 'hh:mm:ss' or, with days, 'd.hh:mm:ss': '1.06:30:00' is 30 and a half hours.");
        }

        if (AmbiguityOf(value.Value) is { } ambiguity)
        {
            throw new InvalidOperationException($"Configuration value '{value.Path}' {ambiguity}");
        }
    }

    /// <summary>Returns how .NET parses a duration that it parses as days, and how to write it, as the end of a sentence; null if the text has a day part, which is unambiguous, or is less than a day or no duration.</summary>
    public static string? AmbiguityOf(string text) =>
        !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) || duration.Days == 0 || HasDays(text) ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"is '{text}', which .NET parses as {duration.Days} {(duration.Days == 1 ? "day" : "days")}. Write '{duration.Days}.{duration:hh\\:mm\\:ss}' if that is intended; '1.00:00:00' is one day, and '00:00:30' is 30 seconds.");

    /// <summary>Returns whether the text has a day part before a dot; a dot after the last colon belongs to the seconds.</summary>
    private static bool HasDays(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot >= 0 && dot < text.IndexOf(':', StringComparison.Ordinal);
    }
}
