using System.Globalization;
using System.Numerics;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Numbers as ratios of integers.</summary>
internal static class ExactRatio
{
    /// <summary>The largest power of ten that is accepted in text. Larger ones would only use memory.</summary>
    private const int LargestExponent = 400;

    /// <summary>Converts a finite double to its exact ratio.</summary>
    public static (BigInteger Numerator, BigInteger Denominator) FromDouble(double value)
    {
        if (value == 0)
        {
            return (BigInteger.Zero, BigInteger.One);
        }

        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7ff);
        var mantissa = bits & 0xfffffffffffffL;
        (mantissa, exponent) = exponent == 0 ? (mantissa, -1074) : (mantissa | (1L << 52), exponent - 1075);
        var numerator = new BigInteger(bits < 0 ? -mantissa : mantissa);
        return exponent >= 0 ? (numerator << exponent, BigInteger.One) : (numerator, BigInteger.One << -exponent);
    }

    /// <summary>Converts a decimal to its exact ratio.</summary>
    public static (BigInteger Numerator, BigInteger Denominator) FromDecimal(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var magnitude = (((new BigInteger((uint)parts[2]) << 32) | (uint)parts[1]) << 32) | (uint)parts[0];
        return (value < 0 ? -magnitude : magnitude, BigInteger.Pow(10, value.Scale));
    }

    /// <summary>Parses a decimal such as <c>0.25</c> or <c>1e-3</c>, or a fraction of two decimals such as <c>1/3</c>.</summary>
    public static bool TryParse(string? text, out (BigInteger Numerator, BigInteger Denominator) ratio)
    {
        ratio = default;
        if (text is null)
        {
            return false;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return TryParseDecimal(text, out ratio);
        }

        if (!TryParseDecimal(text[..slash], out var above) || !TryParseDecimal(text[(slash + 1)..], out var below) || below.Numerator.IsZero)
        {
            return false;
        }

        ratio = (above.Numerator * below.Denominator * below.Numerator.Sign, above.Denominator * BigInteger.Abs(below.Numerator));
        return true;
    }

    /// <summary>Returns the double nearest to a ratio of integers. The denominator is above 0.</summary>
    public static double ToDouble(BigInteger numerator, BigInteger denominator)
    {
        if (numerator.IsZero)
        {
            return 0;
        }

        // The quotient has at least 64 significant bits and a sticky bit, so that rounding it to 53 bits is correct except for double ties.
        var shift = 66 - (int)(numerator.GetBitLength() - denominator.GetBitLength());
        var (quotient, rest) = BigInteger.DivRem(shift >= 0 ? numerator << shift : numerator, shift >= 0 ? denominator : denominator << -shift);
        if (!rest.IsZero)
        {
            quotient = (quotient << 1) + numerator.Sign;
            shift++;
        }

        return Math.ScaleB((double)quotient, -shift);
    }

    private static bool TryParseDecimal(string text, out (BigInteger Numerator, BigInteger Denominator) ratio)
    {
        ratio = default;
        var number = text.AsSpan().Trim();
        var exponent = 0;
        var mark = number.IndexOfAny('e', 'E');
        if (mark >= 0)
        {
            if (!int.TryParse(number[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs((long)exponent) > LargestExponent)
            {
                return false;
            }

            number = number[..mark];
        }

        var point = number.IndexOf('.');
        var decimals = point < 0 ? 0 : number.Length - point - 1;
        var digits = point < 0 ? number.ToString() : string.Concat(number[..point], number[(point + 1)..]);
        if (decimals > LargestExponent
            || !BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var numerator))
        {
            return false;
        }

        exponent -= decimals;
        ratio = exponent >= 0 ? (numerator * BigInteger.Pow(10, exponent), BigInteger.One) : (numerator, BigInteger.Pow(10, -exponent));
        return true;
    }
}
