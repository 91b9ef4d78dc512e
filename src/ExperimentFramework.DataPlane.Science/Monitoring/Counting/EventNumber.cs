namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads numbers from the data of events.</summary>
internal static class EventNumber
{
    /// <summary>The number that a value is, whatever its type; NaN if it is none.</summary>
    public static double Of(object? value) => value switch
    {
        double number => number,
        float number => number,
        decimal number => (double)number,
        long number => number,
        int number => number,
        _ => double.NaN,
    };
}
