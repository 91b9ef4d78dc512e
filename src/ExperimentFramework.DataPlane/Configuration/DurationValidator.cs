using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Refuses durations that .NET reads as days where hours or seconds are more likely meant: <c>24:00:00</c> is 24 days, and <c>30</c> is 30.
/// </summary>
internal static class DurationValidator
{
    /// <summary>Checks the section.</summary>
    /// <exception cref="InvalidOperationException">A duration is ambiguous or none; the message names its key, what it is read as and how to write it.</exception>
    public static void Check(IConfigurationSection section)
    {
        foreach (var name in new[]
        {
            nameof(DataPlaneOptions.RepeatWindow),
            nameof(DataPlaneOptions.FlushInterval),
            nameof(DataPlaneOptions.BlockTimeout),
            nameof(DataPlaneOptions.PublishTimeout),
            nameof(DataPlaneOptions.ShutdownTimeout),
            nameof(DataPlaneOptions.StoreTimeout),
            nameof(DataPlaneOptions.AssignmentCacheDuration),
        })
        {
            RequireClear(section.GetSection(name));
        }

        var retry = section.GetSection(nameof(DataPlaneOptions.Retry));
        RequireClear(retry.GetSection(nameof(RetryOptions.BaseDelay)));
        RequireClear(retry.GetSection(nameof(RetryOptions.MaxDelay)));
        foreach (var experiment in section.GetSection(nameof(DataPlaneOptions.Experiments)).GetChildren())
        {
            RequireClear(experiment.GetSection(nameof(ExperimentOptions.RepeatWindow)));
        }
    }

    private static void RequireClear(IConfigurationSection value)
    {
        if (string.IsNullOrEmpty(value.Value))
        {
            return;
        }

        if (!TimeSpan.TryParse(value.Value, CultureInfo.InvariantCulture, out var read))
        {
            throw new InvalidOperationException(
                $"The configuration has '{value.Value}' at '{value.Path}', which is no duration. Write 'hh:mm:ss', or with days 'd.hh:mm:ss': '1.06:30:00' is 30 hours and a half.");
        }

        // Whoever writes a day's point means days.
        if (read.Days == 0 || HasDays(value.Value))
        {
            return;
        }

        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"The configuration has '{value.Value}' at '{value.Path}', which .NET reads as {read.Days} {(read.Days == 1 ? "day" : "days")}. Write '{read.Days}.{read:hh\\:mm\\:ss}' for that; '1.00:00:00' is a day, and '00:00:30' is 30 seconds."));
    }

    /// <summary>Whether days are written before a point: a point behind the last colon belongs to the seconds.</summary>
    private static bool HasDays(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point >= 0 && point < text.IndexOf(':', StringComparison.Ordinal);
    }
}
