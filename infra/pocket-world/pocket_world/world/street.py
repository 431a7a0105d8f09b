"""A street seen from a moving car: weather, trees or houses on both sides, perhaps a car ahead."""

from dataclasses import dataclass

from .canvas import Prim
from .palette import COLOURS, GROUND, ROAD, SKY, mix, shade
from .attributes import Attributes

SPEED = {"slowly": 0.13, "fast": 0.42}  # world units a frame at 24 fps
SPACING = 12.0  # between side objects; everything on the ground repeats after it
EYE, CAR_Z, FAR = 1.4, 6.0, 52.0


@dataclass(frozen=True)
class Street:
    """phase: where the side objects begin, in world units; side of the sun or moon; which hills."""

    a: Attributes
    phase: float
    sun_left: bool
    hills: int

    def prims(self, u: float, w: int, h: int) -> list[Prim]:
        """Primitives at time u (frames at 24 fps) for a w x h picture."""
        weather = self.a.weather or "sunny"
        night, k = weather == "night", min(w, h) / 192
        f, hy, cx = 150 * k, 0.4 * h, w / 2
        sky, ground, road = SKY[weather], GROUND[weather], ROAD[weather]

        def at(x: float, y: float, z: float) -> tuple[float, float]:
            return cx + f * x / z, hy + f * y / z

        out = [Prim("box", (0, 0, w, h), sky, "sky", 0.0)]
        sx, sy, sr = w * (0.18 if self.sun_left else 0.82), 0.16 * h, 15 * k
        if weather == "sunny":
            out.append(Prim("ellipse", (sx - sr, sy - sr, sx + sr, sy + sr), (255, 232, 120), "sky", 0.0))
        elif night:
            out.append(Prim("ellipse", (sx - sr * .8, sy - sr * .8, sx + sr * .8, sy + sr * .8), (232, 232, 212), "sky", 0.0))
        else:
            cloud = shade(sky, 0.86 if weather == "rainy" else 0.95)
            for dx, r in ((-24, 16), (0, 22), (26, 16)):
                out.append(Prim("ellipse", (sx + (dx - r) * k, sy - r * .6 * k, sx + (dx + r) * k, sy + r * .6 * k), cloud, "sky", 0.0))
        for hx, hw, hh in (((.2, .3, 20), (.75, .22, 12)) if self.hills == 0 else ((.3, .2, 12), (.85, .3, 20))):
            out.append(Prim("ellipse", (w * (hx - hw), hy - k * hh, w * (hx + hw), hy + k * hh), mix(shade(ground, .8), sky, .25), "hill", 0.05))
        out.append(Prim("floor", (0, hy, w, h), ground, "ground", 1.0))
        out.append(Prim("poly", (*at(-3.2, EYE, 70), *at(3.2, EYE, 70), *at(3.2, EYE, 1.0), *at(-3.2, EYE, 1.0)), road, "road", None))
        if night:
            out.append(Prim("poly", (*at(-1, EYE, 14), *at(1, EYE, 14), *at(2.2, EYE, 1.2), *at(-2.2, EYE, 1.2)), shade(road, 1.5), "road", None))
        off = (self.phase + SPEED[self.a.speed or "slowly"] * u) % SPACING
        paint = mix((244, 244, 232), road, 0.45 if night else 0.0 if weather != "snowy" else -0.1)
        for i in range(9):
            z0 = i * 6 - off % 6
            z0, z1 = max(1.5, z0), z0 + 3
            if z1 > 1.6:
                out.append(Prim("poly", (*at(-.15, EYE, z0), *at(.15, EYE, z0), *at(.15, EYE, z1), *at(-.15, EYE, z1)), paint, "road", None))
        drawn = self.a.car != "yes"
        for i in range(5, -1, -1):
            z = 3.0 + i * SPACING - off
            if not drawn and z < CAR_Z:
                out += self._car(at, night)
                drawn = True
            if 2.4 < z < FAR:
                for s in (-1, 1):
                    out += self._side(at, s, z, weather, sky)
        return out + ([] if drawn else self._car(at, night)) + self._falling(weather, u, w, h, k)

    def _car(self, at, night: bool) -> list[Prim]:
        c = shade(COLOURS[self.a.colour or "red"], 0.75 if night else 1)
        d = 0.72
        return [Prim("box", (*at(.72, .3, CAR_Z), *at(2.48, 1.3, CAR_Z)), c, "car", d),
                Prim("box", (*at(.95, -.25, CAR_Z), *at(2.25, .35, CAR_Z)), shade(c, .72), "car", d),
                Prim("box", (*at(1.1, -.12, CAR_Z), *at(2.1, .28, CAR_Z)), (60, 70, 84), "car", d),
                Prim("box", (*at(.8, 1.28, CAR_Z), *at(1.2, 1.45, CAR_Z)), (22, 22, 26), "car", d),
                Prim("box", (*at(2.0, 1.28, CAR_Z), *at(2.4, 1.45, CAR_Z)), (22, 22, 26), "car", d),
                Prim("box", (*at(.78, .55, CAR_Z), *at(1.08, .8, CAR_Z)), (255, 60, 50), "car", d),
                Prim("box", (*at(2.12, .55, CAR_Z), *at(2.42, .8, CAR_Z)), (255, 60, 50), "car", d)]

    def _side(self, at, s: int, z: float, weather: str, sky) -> list[Prim]:
        haze, dark = min(0.75, z / FAR), 0.5 if weather == "night" else 1.0
        d = max(0.06, min(1.0, 1 - z / FAR)) ** 1.5

        def tone(c):
            return mix(shade(c, dark), sky, haze)

        x = 6.0 * s
        if self.a.side == "trees":
            crown = (44, 132, 52) if weather != "snowy" else (110, 152, 132)
            return [Prim("box", (*at(x - .3, -.6, z), *at(x + .3, EYE, z)), tone((104, 70, 44)), "plant", d),
                    Prim("ellipse", (*at(x - 1.8, -3.6, z), *at(x + 1.8, .2, z)), tone(crown), "plant", d)]
        lit = (252, 222, 120) if weather == "night" else shade((84, 116, 156), 1)
        return [Prim("box", (*at(x - 2, -1.2, z), *at(x + 2, EYE, z)), tone((206, 160, 116)), "house", d),
                Prim("poly", (*at(x - 2.5, -1.1, z), *at(x + 2.5, -1.1, z), *at(x, -3.2, z)), tone((158, 58, 46)), "house", d),
                Prim("box", (*at(x - .8, -.6, z), *at(x + .8, .4, z)), mix(lit, sky, haze), "house", d)]

    def _falling(self, weather: str, u: float, w: int, h: int, k: float) -> list[Prim]:
        out: list[Prim] = []
        if weather not in ("rainy", "snowy"):
            return out
        rain = weather == "rainy"
        n, step = max(3, round(w / 64)), h / (1.5 if rain else 2)
        for i in range(n):
            for j in range(-1, 3):
                x = (i + .5) * w / n
                y = (j + (i * .38) % 1 + u / 24) * step
                a, b = (3 * k, 12 * k) if rain else (5.5 * k, 5.5 * k)
                out.append(Prim("ellipse", (x - a, y - b, x + a, y + b), (178, 192, 206) if rain else (255, 255, 255), "", None))
        return out
