namespace ExperimentFramework.DataPlane;

/// <summary>
/// Copies a dictionary of the application, so that later changes, in the dictionary or in an array at any depth, have no effect, however long the event waits.
/// Values are bounded in the same way as those of calls.
/// </summary>
internal static class CapturedValues
{
    /// <summary>The number of values that an event may always have, even if each of them is bounded to fewer items.</summary>
    public const int MinEntries = 1_024;

    /// <summary>Returns the copy. Never throws.</summary>
    /// <param name="values">The application's values; null for none.</param>
    /// <param name="maxLength">The maximum number of characters in a string and of items in a collection.</param>
    public static IReadOnlyDictionary<string, object?>? Of(IReadOnlyDictionary<string, object?>? values, int maxLength)
    {
        if (values is null)
        {
            return null;
        }

        try
        {
            var captured = new Dictionary<string, object?>(StringComparer.Ordinal);
            if (values is Dictionary<string, object?> dictionary && dictionary.Count <= MinEntries)
            {
                // Without the iterators that an interface needs.
                foreach (var (name, value) in dictionary)
                {
                    Add(captured, name, value, maxLength);
                }

                return captured;
            }

            foreach (var (name, value) in values.Take(Math.Max(maxLength, MinEntries)))
            {
                Add(captured, name, value, maxLength);
            }

            return captured;
        }
        catch (Exception)
        {
            // The pipeline will hit the same exception, log it, and count the event as dropped.
            return values;
        }
    }

    private static void Add(Dictionary<string, object?> captured, string name, object? value, int maxLength) =>
        captured[WellFormedText.Of(Truncation.Truncate(name, maxLength))] = AttributeConversion.Capture(value, maxLength);
}
