using System.Globalization;

namespace ExperimentFramework.WebShopSample;

/// <summary>The products that a visitor has chosen, kept in a cookie.</summary>
internal static class Basket
{
    private const string Cookie = "basket";
    public const int MaxProducts = 20;

    public static IReadOnlyList<Product> Read(HttpRequest request) =>
        [.. (request.Cookies[Cookie] ?? "").Split('.').Take(MaxProducts)
            .Select(static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Product.Find(id) : null)
            .OfType<Product>()];

    /// <summary>Adds a product.</summary>
    /// <returns>False if the basket is full.</returns>
    public static bool TryAdd(HttpContext context, Product product)
    {
        var products = Read(context.Request);
        if (products.Count == MaxProducts)
        {
            return false;
        }

        Write(context, [.. products, product]);
        return true;
    }

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Cookie);

    private static void Write(HttpContext context, IReadOnlyList<Product> products) =>
        context.Response.Cookies.Append(
            Cookie,
            string.Join('.', products.Take(MaxProducts).Select(static product => product.Id.ToString(CultureInfo.InvariantCulture))),
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps });
}
