namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Reads the formats of dates and times.</summary>
internal static class TimeFormat
{
    /// <summary>Returns whether a format writes neither minutes nor anything shorter.</summary>
    public static bool IsCoarse(string? format)
    {
        if (format is null or { Length: <= 1 })
        {
            return format is "d" or "D" or "m" or "M" or "y" or "Y";
        }

        var isQuoted = false;
        foreach (var letter in format)
        {
            isQuoted ^= letter is '\'' or '"';
            if (!isQuoted && letter is 'm' or 's' or 'f' or 'F')
            {
                return false;
            }
        }

        return true;
    }
}
