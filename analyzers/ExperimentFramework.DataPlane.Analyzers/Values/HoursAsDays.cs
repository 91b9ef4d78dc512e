using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds time strings such as <c>24:00:00</c>, whose first number is meant as hours but parsed as days.</summary>
internal static class HoursAsDays
{
    /// <summary>Returns the text, its location and the number of days; null if the value is not such a text.</summary>
    public static (string Text, int Days, Location Place)? In(IOperation value) => value switch
    {
        IConversionOperation { IsImplicit: true } conversion => In(conversion.Operand),
        IInvocationOperation { TargetMethod: { Name: "Parse", ContainingType: { Name: "TimeSpan", ContainingNamespace.Name: "System" } } } call
            when ConstantTime.TextOf(call) is { ConstantValue.Value: string text } place && DaysIn(text) is { } days => (text, days, place.Syntax.GetLocation()),
        _ => null,
    };

    /// <summary>A single number is parsed as days, and so is the first of three if it is above 23. Intended days are followed by a dot.</summary>
    private static int? DaysIn(string text)
    {
        var parts = text.Trim().Split(':');
        return parts.Length is 1 or 3
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && first > 0
            && time.Days == first
                ? first
                : null;
    }
}
