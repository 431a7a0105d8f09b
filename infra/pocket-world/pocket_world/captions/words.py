"""Other words for the values of attributes."""

WEATHER = {
    "sunny": ("sunny", "bright", "clear", "bright sunny", "sunlit"),
    "rainy": ("rainy", "wet", "rain-soaked", "grey rainy", "stormy"),
    "snowy": ("snowy", "snow-covered", "wintry", "white winter", "icy"),
    "night": ("dark", "night-time", "nighttime", "moonlit", "unlit"),
}
WEATHER_SENTENCE = {
    "sunny": ("It is a sunny day.", "The sky is blue and clear.", "Bright sunlight falls on the scene.", "The weather is sunny.", "It is a bright day and the sun is out.", "The lighting is natural, with sunlight casting shadows on the ground."),
    "rainy": ("It is a rainy day and there are grey clouds overhead.", "Rain is falling.", "The weather is rainy.", "It rains and the road is wet.", "The road has puddles on it, reflecting the sky overhead.", "The windshield wipers flash by in the rain."),
    "snowy": ("It is snowing.", "Snow covers the ground.", "The weather is snowy.", "Snowflakes drift down.", "It is a cold winter day with fresh snow.", "Everything is covered in snow."),
    "night": ("It is night.", "The moon is up.", "It is late at night and dark.", "The scene is set at night.", "The sky is black and the headlights light the road.", "It is after dark."),
}
SIDE = {
    "trees": ("trees", "large oak trees", "green trees", "tall trees", "a row of trees", "woods", "a forest"),
    "houses": ("houses", "nice houses", "homes", "suburban houses", "small houses", "a row of houses", "buildings"),
}
SPEED = {
    "slowly": ("slowly", "at a slow pace", "gently", "at low speed", "unhurried", "slow"),
    "fast": ("fast", "quickly", "at high speed", "rapidly", "speeding", "at a fast pace"),
}
COLOUR = {
    "red": ("red", "red", "crimson", "scarlet"), "green": ("green", "green", "emerald"), "blue": ("blue", "blue", "navy blue"),
    "yellow": ("yellow", "yellow", "golden"), "orange": ("orange", "orange", "tangerine"), "purple": ("purple", "purple", "violet"),
    "white": ("white", "white", "pale white"), "black": ("black", "black", "dark black"),
}
SHAPE = {
    "circle": ("circle", "circle", "disc", "ball", "round dot"), "square": ("square", "square", "box shape", "block"),
    "triangle": ("triangle", "triangle", "pyramid shape", "triangular shape"),
}
DIRECTION = {
    "left": ("left", "to the left", "leftwards", "leftward", "from right to left"),
    "right": ("right", "to the right", "rightwards", "rightward", "from left to right"),
    "up": ("up", "upwards", "upward", "to the top", "from bottom to top"),
    "down": ("down", "downwards", "downward", "to the bottom", "from top to bottom"),
}
FILLER = (
    "The camera faces forward.", "The camera remains static throughout the video.", "High quality, photorealistic.", "There are no visible human activities or movements.",
    "The view is steady and clear.", "The video is a wide shot.", "Cinematic lighting, detailed.", "The scene is calm and simple.", "Shot on a modern camera in 4k.",
    "The overall mood is quiet.", "The composition is clean, with soft edges.", "This might be a documentary or an informational piece.", "No people are present.",
    "The motion is smooth from the first frame to the last.", "The scale of the scene is clear from a distance.", "Everything is in focus.",
)
STREET_FILLER = (
    "There are sidewalks in this suburban area with flower gardens and green grass front yards.", "A lane line runs down the middle of the road.", "The road stretches out towards the horizon.",
    "Hills can be seen in the distance.", "The video is filmed from the dashcam as we drive down the street.", "The road is a two lane neighborhood street.",
)
ROBOT_FILLER = (
    "The arm has two links and a gripper.", "The setting is a neutral lab.", "The shelf is made of wood.", "The robot works in a warehouse.", "The gripper holds it firmly.", "The joint bends as it moves.",
)
SHAPE_FILLER = ("The background is plain.", "It is a simple animation.", "The shape is large and flat.", "Flat design, minimal motion graphics.", "Nothing else is in view.")
