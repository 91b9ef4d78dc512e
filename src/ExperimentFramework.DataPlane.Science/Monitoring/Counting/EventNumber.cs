namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads numbers from the data of events.</summary>
internal static class EventNumber
{
    /// <summary>Converts a value of any numeric type; NaN if it is not a number.</summary>
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
