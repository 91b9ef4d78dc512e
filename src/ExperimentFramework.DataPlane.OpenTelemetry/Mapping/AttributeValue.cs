namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// Converts the values of events to the types that OpenTelemetry has: string, bool, long and double, arrays of them, and maps by name. Decimals become doubles,
/// which keep 15 digits; times, ids and everything else become strings as in JSON.
/// </summary>
internal static class AttributeValue
{
    /// <summary>
    /// Converts a value. An array with nulls becomes an array of strings, because not every receiver keeps a null in an array of numbers; entries of maps that are null are left out.
    /// </summary>
    /// <param name="value">A value that events can carry; not null.</param>
    /// <returns>A string, bool, long or double, an array of string, bool, long or double, or a dictionary of all of these.</returns>
    public static object Of(object value) => value switch
    {
        string or bool or long or double or string[] or bool[] or double[] => value,
        long[] numbers when numbers.GetType() == typeof(long[]) => numbers,
        decimal number => (double)number,
        decimal[] numbers => Array.ConvertAll(numbers, static number => (double)number),
        Dictionary<string, object?> map => Map(map),
        Array array => Texts(array),
        _ => AttributeValues.Text(value),
    };

    private static Dictionary<string, object> Map(Dictionary<string, object?> map)
    {
        var converted = new Dictionary<string, object>(map.Count, StringComparer.Ordinal);
        foreach (var (name, value) in map)
        {
            if (value is not null)
            {
                converted[name] = Of(value);
            }
        }

        return converted;
    }

    private static string?[] Texts(Array array)
    {
        var texts = new string?[array.Length];
        var index = 0;
        foreach (var item in array)
        {
            texts[index++] = item is null ? null : AttributeValues.Text(item);
        }

        return texts;
    }
}
