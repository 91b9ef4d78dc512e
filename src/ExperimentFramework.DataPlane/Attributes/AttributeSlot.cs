using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>One attribute of a call as it was captured: numbers stay numbers, so that nothing is boxed on the caller's thread.</summary>
internal readonly struct AttributeSlot
{
    /// <summary>What <see cref="_reference"/> holds where the value stands in <see cref="_bits"/>.</summary>
    private static readonly object Long = new(), Double = new(), True = true, False = false;

    private readonly object? _reference;
    private readonly long _bits;

    private AttributeSlot(string name, object? reference, long bits = 0)
    {
        Name = name;
        _reference = reference;
        _bits = bits;
    }

    public string Name { get; }

    /// <summary>The value as events carry it.</summary>
    public object? Value =>
        ReferenceEquals(_reference, Long) ? _bits
        : ReferenceEquals(_reference, Double) ? BitConverter.Int64BitsToDouble(_bits)
        : _reference;

    /// <summary>Captures a value in one of the types that events carry. Never throws: a value is the application's.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="maxLength">How many characters of a text and how many items of a collection are kept.</param>
    public static AttributeSlot Of<T>(string name, T value, int maxLength)
    {
        // The comparisons of types are settled when the method is compiled for T.
        if (typeof(T) == typeof(int))
        {
            return new AttributeSlot(name, Long, Unsafe.BitCast<T, int>(value));
        }

        if (typeof(T) == typeof(long))
        {
            return new AttributeSlot(name, Long, Unsafe.BitCast<T, long>(value));
        }

        if (typeof(T) == typeof(double))
        {
            return new AttributeSlot(name, Double, Unsafe.BitCast<T, long>(value));
        }

        if (typeof(T) == typeof(float))
        {
            return new AttributeSlot(name, Double, BitConverter.DoubleToInt64Bits(Unsafe.BitCast<T, float>(value)));
        }

        if (typeof(T) == typeof(bool))
        {
            return new AttributeSlot(name, Unsafe.BitCast<T, bool>(value) ? True : False);
        }

        if (value is string text)
        {
            return new AttributeSlot(name, WellFormedText.Of(Truncation.Truncate(text, maxLength)));
        }

        // Everything else is rare enough to be boxed.
        return new AttributeSlot(name, AttributeConversion.Capture(value, maxLength));
    }
}
