namespace ExperimentFramework.DataPlane;

/// <summary>The attributes of one call. The array belongs to the call; unused slots are default.</summary>
internal static class AttributeSlots
{
    private const int FirstSize = 2;

    public static void Add<T>(ref AttributeSlot[]? slots, ref int count, string name, T value, int maxLength)
    {
        if (slots is null)
        {
            slots = new AttributeSlot[FirstSize];
        }
        else if (count == slots.Length)
        {
            Array.Resize(ref slots, count * 2);
        }

        slots[count++] = AttributeSlot.Of(name, value, maxLength);
    }

    /// <summary>Copies an application's attributes; null if there are none or if reading them throws.</summary>
    public static AttributeSlot[]? Capture(IReadOnlyDictionary<string, object?>? attributes, int maxLength)
    {
        if (attributes is null)
        {
            return null;
        }

        AttributeSlot[]? slots = null;
        var count = 0;
        try
        {
            foreach (var (name, value) in attributes.Take(Math.Max(maxLength, CapturedValues.MinEntries)))
            {
                Add(ref slots, ref count, WellFormedText.Of(Truncation.Truncate(name, maxLength)), value, maxLength);
            }
        }
        catch (Exception)
        {
            // The application's own dictionary threw: the exposure counts without what could not be read.
        }

        return slots;
    }

    /// <summary>Returns the attributes as a dictionary; if a name occurs twice, the later value wins.</summary>
    public static Dictionary<string, object?>? ToDictionary(AttributeSlot[]? slots)
    {
        if (slots is null)
        {
            return null;
        }

        var attributes = new Dictionary<string, object?>(slots.Length, StringComparer.Ordinal);
        foreach (var slot in slots)
        {
            if (slot.Name is not null)
            {
                attributes[slot.Name] = slot.Value;
            }
        }

        return attributes;
    }
}
